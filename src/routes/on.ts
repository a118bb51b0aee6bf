import * as z from 'zod'
import { count, meaning, timeSpan } from '../binding/scalars.ts'
import { withRole } from '../binding/variables.ts'
import { printDuration } from '../expressions/units.ts'
import { faultOfCron } from '../triggers/schedule.ts'

const dayMs = 24 * 60 * 60_000
const defaultConcurrent = 50

/** What of a trigger goes with which kind of it. */
const timed = ['overlap', 'missed', 'missedFor'] as const
const ofKinds = {
  every: timed,
  cron: ['zone', ...timed],
  after: [],
  stream: ['group', 'from', 'key', 'order', 'concurrent', 'deadLetter'],
} as const
const kinds = Object.keys(ofKinds) as (keyof typeof ofKinds)[]

const place = withRole(meaning(z.string(), 'request-part'), 'language')

const keys = z.strictObject({
  every: timeSpan.optional().describe('Again and again, counted from 1970: `15m` is at :00, :15, :30 and :45.'),
  cron: z
    .string()
    .optional()
    .describe('Minute, hour, day of the month, month, day of the week: `0 3 * * *`; with seconds before them, six.'),
  zone: z.string().optional().describe('The time zone of `cron`: `Asia/Shanghai`. UTC unless given.'),
  overlap: z
    .enum(['skip', 'queue', 'allow'])
    .optional()
    .describe(
      'When the run before has not ended: `skip` lets this time pass, `queue` waits for the end, `allow` begins. `skip` unless given.',
    ),
  missed: z
    .enum(['none', 'last'])
    .optional()
    .describe('Of what was due while no gateway ran: `none` is made up for, or the `last`. `none` unless given.'),
  missedFor: timeSpan.optional().describe('How old that one may be. 1 day unless given.'),
  after: z.string().optional().describe('A durable route: each of its runs that ends `done` is followed by one.'),
  stream: z.string().optional().describe('A stream of `streams` in the gateway’s file: each message is a run.'),
  group: z
    .string()
    .regex(/^[\w.-]+$/, 'a group is named by letters, digits, - _ and .')
    .optional()
    .describe('The consumers that share the messages between them.'),
  from: z
    .enum(['new', 'first'])
    .optional()
    .describe('Where a group begins that is new: at what comes, or at the first message there is. `new` unless given.'),
  key: place
    .optional()
    .describe('What makes two messages the same, as `message.data.order`: of those one is run. Its id unless given.'),
  order: place
    .optional()
    .describe('Messages that are alike in it, as `message.key`, are run one after the other, in their order.'),
  concurrent: count
    .optional()
    .describe('Runs of one gateway that may be open at once; then no message is taken. 50 unless given.'),
  deadLetter: z
    .string()
    .optional()
    .describe('A stream for messages that do not fit; without it they are left out, with a warning.'),
})

/** `on:` of a route. */
export const onShape = keys
  .superRefine((on, context) => {
    const refuse = (message: string, key?: string) =>
      context.addIssue({ code: 'custom', message, ...(key && { path: [key] }) })
    const [kind, other] = kinds.filter((one) => on[one] !== undefined)
    if (!kind) return refuse('a trigger has `every`, `cron`, `after` or `stream`')
    if (other) return refuse(`a trigger has \`${kind}\` or \`${other}\``, other)
    const own: readonly string[] = [kind, ...ofKinds[kind]]
    const stray = Object.keys(on).find((key) => on[key as keyof typeof on] !== undefined && !own.includes(key))
    if (stray) refuse(`\`${kind}\` has no \`${stray}\``, stray)
    if (on.missedFor !== undefined && on.missed !== 'last') refuse('only `missed: last` has `missedFor`', 'missedFor')
    if (on.stream !== undefined && on.group === undefined) refuse('a stream is read by a `group`')
    const fault = on.cron !== undefined && faultOfCron(on.cron, on.zone ?? 'UTC')
    if (fault) refuse(fault, fault.includes('zone') ? 'zone' : 'cron')
  })
  .transform((on): Trigger => {
    const { overlap = 'skip', missed, missedFor = dayMs } = on
    const missedForMs = missed === 'last' ? missedFor : 0
    if (on.every !== undefined) return { kind: 'every', everyMs: on.every, overlap, missedForMs }
    if (on.cron !== undefined) return { kind: 'cron', cron: on.cron, zone: on.zone ?? 'UTC', overlap, missedForMs }
    if (on.after !== undefined) return { kind: 'after', route: on.after }
    const { stream = '', group = '', from = 'new', key, order, concurrent = defaultConcurrent, deadLetter } = on
    return { kind: 'stream', stream, group, from, key, order, concurrent, deadLetter }
  })
  .meta({
    description: 'What begins its runs, in place of `match`: time, the end of another route, or a message.',
    examples: [{ cron: '0 3 * * *', zone: 'Asia/Shanghai' }],
  })

/** What begins the runs of a route that nobody asks for. */
export type Trigger = TimedTrigger | { readonly kind: 'after'; readonly route: string } | StreamTrigger

export type TimedTrigger = (
  | { readonly kind: 'every'; readonly everyMs: number }
  | { readonly kind: 'cron'; readonly cron: string; readonly zone: string }
) & {
  readonly overlap: 'skip' | 'queue' | 'allow'
  /** How old a time may be that no gateway saw, and is made up for; 0: none is. */
  readonly missedForMs: number
}

export interface StreamTrigger {
  readonly kind: 'stream'
  readonly stream: string
  readonly group: string
  readonly from: 'new' | 'first'
  /** Places in the message, as written. */
  readonly key: string | undefined
  readonly order: string | undefined
  readonly concurrent: number
  readonly deadLetter: string | undefined
}

/** As people read it: `every 5m`. */
export function printTrigger(on: Trigger): string {
  switch (on.kind) {
    case 'every':
      return `every ${printDuration(on.everyMs)}`
    case 'cron':
      return `cron ${on.cron} ${on.zone}`
    case 'after':
      return `after ${on.route}`
    case 'stream':
      return `stream ${on.stream}`
  }
}
