import * as z from 'zod'
import { type AdaptiveBounds, type BulkheadPolicy, priorities, type RatePolicy } from '../admission/policy.ts'
import { queues } from '../admission/queues/index.ts'
import { duration, type Meaning, meaning, rate } from '../binding/scalars.ts'
import { withRole } from '../binding/variables.ts'

const key = withRole(
  z.string().meta({
    'x-tessera': 'color' satisfies Meaning,
    description: 'A color, or a part of the request: `request.ip`, `request.headers.x-tenant`.',
    examples: ['user.id', 'request.ip'],
  }),
  'language',
)

const orders = z.enum([...queues.keys()] as [string, ...string[]])
const adaptive: AdaptiveBounds = { min: 2, max: 1000 }

const concurrent = z
  .union([
    z.int().min(1).max(100_000),
    z.literal('adaptive'),
    z.strictObject({
      min: z.int().min(1).default(adaptive.min).describe('Never fewer.'),
      max: z.int().min(1).default(adaptive.max).describe('Never more.'),
    }),
  ])
  .refine((value) => typeof value !== 'object' || value.min <= value.max, 'the least is more than the most')
  .transform((value): BulkheadPolicy['concurrent'] => (value === 'adaptive' ? adaptive : value))

/** A bulkhead as the file has it: `by` is resolved where its colors are known. */
export interface BulkheadDefinition {
  readonly policy: BulkheadPolicy
  readonly by: string | undefined
}

/** `bulkhead:` */
export const bulkheadShape = z
  .strictObject({
    concurrent: concurrent.describe('At once at most; `adaptive`, or bounds, where the number follows response times.'),
    queue: z.int().min(0).max(10_000).default(0).describe('Places for those who wait; beyond them is shed at once.'),
    order: orders.default('fifo').describe('Who of those who wait goes first.'),
    by: key.optional().describe('Whose turn it is (`fair`): a color, or a part of the request.'),
  })
  .superRefine(({ order, by, queue }, context) => {
    const { needsClient } = queues.get(order)!
    const refuse = (path: string, message: string, help: string) =>
      context.addIssue({ code: 'custom', path: [path], message, params: { help } })
    if (needsClient && by === undefined) {
      refuse('order', `\`${order}\` is between clients, and nothing says who they are`, 'add `by: user.id`')
    }
    if (!needsClient && by !== undefined) refuse('by', `\`${order}\` tells no clients apart`, 'write `order: fair`')
    if (queue === 0 && order !== 'fifo') refuse('order', 'there is no queue to be in order', 'add `queue: 100`')
  })
  .transform(({ concurrent, queue, order, by }): BulkheadDefinition => ({ policy: { concurrent, queue, order }, by }))
  .meta({ description: 'So many at once, and so many that wait; what does not fit is shed with `overloaded`.' })

const positiveRate = rate.refine((perSecond) => perSecond > 0, 'a rate of 0 lets nothing through')

const rateKeys = {
  rate: positiveRate.describe('Tokens that flow back into the bucket.'),
  burst: z
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .describe('Tokens in a full bucket: so many may come at once. By default what flows back in a second.'),
  by: z
    .union([key, z.array(key).min(1).max(8)])
    .optional()
    .transform((by) => (by === undefined ? [] : [by].flat()))
    .describe('What is counted apart; without it everything together.'),
}

/** Rates by what is known of who asks. */
export interface PlannedRates {
  /** `claims.plan` */
  readonly of: string
  /** Those that have one of their own, by what that is. */
  readonly policies: ReadonlyMap<string, RatePolicy>
}

/** A rate limit as the file has it: `by` is resolved where its colors are known. */
export interface LimitDefinition {
  /** Of everybody, or of all who have no other one. */
  readonly policy: RatePolicy
  readonly plans?: PlannedRates | undefined
  readonly by: readonly string[]
}

function policyOf(perSecond: number, burst: number | undefined): RatePolicy {
  return { perSecond, burst: burst ?? Math.max(1, Math.ceil(perSecond)) }
}

const plannedRates = z
  .object({
    of: withRole(
      z.string().regex(/^(?:claims|auth)\../, 'a claim, or what `auth` says: nobody chooses his rate himself'),
      'language',
    ).describe('What of who asks says which: `claims.plan`.'),
    default: positiveRate.describe('Of all for whom no other stands here.'),
  })
  .catchall(positiveRate)

/** `limit:` of clients. */
export const clientLimitShape = z
  .strictObject({
    ...rateKeys,
    rate: z
      .union([positiveRate, plannedRates])
      .describe('Tokens that flow back into the bucket; by a claim: `{ of: claims.plan, gold: 100/s, default: 5/s }`.'),
  })
  .refine(({ rate, burst }) => typeof rate === 'number' || burst === undefined, {
    path: ['burst'],
    message: 'of several rates each has its own: what flows back in a second',
  })
  .transform(({ rate, burst, by }): LimitDefinition => {
    if (typeof rate === 'number') return { policy: policyOf(rate, burst), by }
    const { of, default: otherwise, ...others } = rate
    const policies = new Map(Object.entries(others).map(([name, perSecond]) => [name, policyOf(perSecond, undefined)]))
    return { policy: policyOf(otherwise, undefined), plans: { of, policies }, by }
  })
  .meta({ description: 'So many requests in a time; one too many is answered 429.' })

/** `limit:` of a service. */
export const serviceLimitShape = z
  .strictObject({
    ...rateKeys,
    wait: duration.default(100).describe('How long a call beyond it may wait for its turn; then it is shed.'),
  })
  .transform(({ rate, burst, by, wait }) => ({ policy: policyOf(rate, burst), by, maxWaitMs: wait }))
  .meta({ description: 'So many calls in a time; one too many waits, or fails with `overloaded`.' })

/** `priority:` of a route. */
export const priorityShape = z
  .union([
    z.enum(priorities),
    withRole(meaning(z.string().regex(/^\$/, 'a template begins with $'), 'template'), 'language'),
  ])
  .meta({
    description: `The class of its requests: ${priorities.join(', ')}; or a template that gives it. What does not fit is shed from the end.`,
    examples: ['high', "${ user.segment == 'vip' ? 'high' : 'low' }"],
  })
