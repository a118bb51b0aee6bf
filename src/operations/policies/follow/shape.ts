import * as z from 'zod'
import { endpointUrl } from '../../../binding/endpoint-url.ts'

const max = z.int().min(1).max(20)

const origin = endpointUrl
  .refine((text) => !URL.canParse(text) || new URL(text).pathname === '/', 'an origin has no path')
  .meta({ examples: ['https://files.example.com'] })

/** `follow:` */
export const followShape = z
  .union([
    max,
    z.strictObject({
      max: max.default(3).describe('Redirects of one attempt; one more is `invalid-response`.'),
      to: z.array(origin).default([]).describe('Origins that they may lead to beside those of the service.'),
    }),
  ])
  .meta({
    description:
      'How many redirects are followed, and where to. Without it a 3xx is the answer: a failure unless `ok` names it.',
  })

export type FollowDefinition = z.output<typeof followShape>
