import * as z from 'zod'
import { liveText, size } from '../binding/scalars.ts'
import { EnvText, type LiveText, textNow } from '../environment.ts'
import type { StoreTarget } from '../stores/store.ts'
import { faultOfServerUrl } from './postgres-url.ts'

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

/** Where durable runs are kept. */
export type DurableTarget =
  | { readonly kind: 'directory'; readonly path: string }
  | { readonly kind: 'postgres'; readonly url: LiveText }

const isPostgres = (live: LiveText) => /^postgres(?:ql)?:/.test(textNow(live))

const durableShape = z
  .union([z.string().min(1), z.instanceof(EnvText).meta({ type: 'string' })])
  .superRefine((live, context) => {
    const fault = isPostgres(live) ? faultOfServerUrl(live) : undefined
    if (fault === undefined && (isPostgres(live) || !textNow(live).includes('://'))) return
    context.addIssue({
      code: 'custom',
      message: fault
        ? `the URL of the database cannot be used: ${fault}`
        : 'durable runs are kept in a directory, or in a PostgreSQL',
      params: { help: 'write it like ./data or postgres://user@host:5432/database' },
    })
  })
  .transform(
    (live): DurableTarget =>
      isPostgres(live) ? { kind: 'postgres', url: live } : { kind: 'directory', path: textNow(live) },
  )

/** `stores:` of the gateway's file. */
export const storesShape = z
  .strictObject({
    cache: storeShape
      .default({ kind: 'memory', maxBytes: defaultBytes })
      .describe('Where answers are kept for caches and `lastGood`: `memory` (64 MB), or a Redis that replicas share.'),
    limits: redisUrl
      .optional()
      .describe('A Redis that replicas share their rate limits by; without it each gateway counts for itself.'),
    durable: durableShape
      .optional()
      .describe(
        'Where the runs of durable routes are kept: a directory, which one gateway has, or `postgres://…`, which any number share.',
      )
      .meta({ examples: ['./data', 'postgres://tessera@db:5432/tessera'] }),
    durableKey: z
      .union([liveText(), z.array(liveText()).min(1)])
      .transform((keys): readonly LiveText[] => [keys].flat())
      .default([])
      .describe(
        'What they are encrypted by, 32 characters or more; of a list the first writes, and all read. Beside a directory one is made.',
      ),
  })
  .prefault({})
  .describe('Where the gateway keeps what it remembers.')
