import * as z from 'zod'
import { count, liveText } from '../binding/scalars.ts'
import { textNow } from '../environment.ts'
import type { StreamTarget } from '../streams/stream.ts'

const redisUrl = liveText().superRefine((live, context) => {
  const text = textNow(live)
  if (URL.canParse(text) && /^rediss?:$/.test(new URL(text).protocol) && new URL(text).hostname !== '') return
  // The text itself is not told: a URL may hold a password.
  context.addIssue({
    code: 'custom',
    message: 'a stream is in a Redis, by its URL',
    params: { help: 'write it like redis://host:6379' },
  })
})

const streamShape = z
  .strictObject({
    redis: redisUrl.describe('The Redis that it is in; 6.2 or later.').meta({ examples: ['redis://broker:6379'] }),
    key: z.string().min(1).optional().describe('Its key there; its name unless given.'),
    max: count.optional().describe('So many messages are kept, about, where `emit` writes; all unless given.'),
  })
  .describe('A stream of Redis.')

/** `streams:` of the gateway's file. */
export const streamsShape = z
  .record(z.string().regex(/^[a-zA-Z][\w.-]*$/, 'a stream is named by letters, digits, - _ and .'), streamShape)
  .transform((streams) =>
    Object.fromEntries(
      Object.entries(streams).map(([name, { redis, key = name, max }]): [string, StreamTarget] => [
        name,
        { kind: 'redis', url: redis, key, max },
      ]),
    ),
  )
  .default({})
  .describe('Streams of messages, by name: for `emit`, and for triggers of routes.')
