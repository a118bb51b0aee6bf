import * as z from 'zod'
import { size } from '../binding/scalars.ts'
import { EnvText, type LiveText, textNow } from '../environment.ts'
import type { StoreTarget } from '../stores/store.ts'

const defaultBytes = 64 * 1024 * 1024

const writtenUrl = z.string().superRefine(checkUrl)

/** A file in it is read again for every connection. */
const redisUrl = z.union([writtenUrl, z.instanceof(EnvText).superRefine(checkUrl).meta({ type: 'string' })])

function checkUrl(live: LiveText, context: z.RefinementCtx): void {
  const text = textNow(live)
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url && /^rediss?:$/.test(url.protocol) && url.hostname !== '') return
  // The text itself is not told: a URL may hold a password.
  context.addIssue({
    code: 'custom',
    message: 'a store is `memory`, or the URL of a Redis',
    params: { help: 'write it like redis://host:6379 or { memory: 64MB }' },
  })
}

const storeShape = z
  .union([
    z.literal('memory'),
    redisUrl.meta({ examples: ['redis://cache:6379'] }),
    z.strictObject({ memory: size.describe('How much of it, at most.') }),
  ])
  .transform((store): StoreTarget => {
    if (typeof store === 'object' && 'memory' in store) return { kind: 'memory', maxBytes: store.memory }
    return store === 'memory' ? { kind: 'memory', maxBytes: defaultBytes } : { kind: 'redis', url: store }
  })

/** `stores:` of the gateway's file. */
export const storesShape = z
  .strictObject({
    cache: storeShape
      .default({ kind: 'memory', maxBytes: defaultBytes })
      .describe('Where answers are kept for caches and `lastGood`: `memory` (64 MB), or a Redis that replicas share.'),
    limits: redisUrl
      .optional()
      .describe('A Redis that replicas share their rate limits by; without it each gateway counts for itself.'),
  })
  .prefault({})
  .describe('Where the gateway keeps what it remembers.')
