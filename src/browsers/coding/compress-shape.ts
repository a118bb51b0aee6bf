import * as z from 'zod'
import { size } from '../../binding/scalars.ts'

/** In the order in which they are preferred where a client likes them alike. */
export const codings = ['br', 'zstd', 'gzip'] as const
export type Coding = (typeof codings)[number]

const keys = z.strictObject({
  min: size.default(1024).describe('Of a body; a shorter one is sent as it is.'),
  encodings: z
    .array(z.enum(codings))
    .min(1)
    .refine((list) => new Set(list).size === list.length, 'one stands there twice')
    .default([...codings])
    .describe('Codings, the preferred one first: it is taken where a client likes several alike.'),
})

/** `compress:` */
export const compressShape = z
  .union([z.literal(true), keys])
  .transform((value): z.output<typeof keys> => (value === true ? keys.parse({}) : value))
  .meta({
    description: 'Answers that are text go out compressed, in a coding that the client takes (`Accept-Encoding`).',
    examples: [true, { min: '1KB', encodings: ['br', 'gzip'] }],
  })

export type CompressPolicy = z.output<typeof compressShape>
