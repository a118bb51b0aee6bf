import type { CallSummary } from '../recording.ts'
import type { Member, Producer } from './members.ts'

/** Where a member of one answer came from. */
export interface Lineage {
  /** `$.items[*].id` */
  readonly member: string
  readonly color: string
  /** Where the answer's template reads it. */
  readonly at: string
  /** The call that gave it, or the step that made it; undefined where it is of the client's request. */
  readonly step?: string
  /** `reco.recommend` */
  readonly operation?: string
  /** In the call's answer, or in the request: `$.items[*].id`, `query.city`. */
  readonly from?: string
  /** Where the file maps it. */
  readonly mappedAt?: string
  /** live, cache, stale, coalesced, fallback, skipped */
  readonly source?: string
  /** Which attempt it was that answered. */
  readonly attempt?: number
  readonly ms?: number
}

/** What the plan tells of an answer's members, for what ran of it. */
export function lineageOf(members: readonly Member[], calls: readonly CallSummary[]): Lineage[] {
  const ran = new Map<string, CallSummary>()
  for (const call of calls) {
    const before = ran.get(call.step)
    // Of the turns of a loop the last one tells for all.
    if (!before || call.startedMs + call.ms >= before.startedMs + before.ms) ran.set(call.step, call)
  }
  return members.map(({ member, color, inner, at, producers }) => ({
    member,
    color,
    at,
    ...describe(choose(producers, ran), inner, ran),
  }))
}

/** Of several that may have given it the one that ran last; of a call that failed the color is another's. */
function choose(producers: readonly Producer[], ran: ReadonlyMap<string, CallSummary>): Producer | undefined {
  const endOf = (producer: Producer) => {
    const call = producer.kind === 'call' ? ran.get(producer.step) : undefined
    if (producer.kind !== 'call') return 0
    return call === undefined || call.source === 'skipped' ? -1 : call.startedMs + call.ms
  }
  return producers.reduce<Producer | undefined>(
    (best, one) => (best === undefined || endOf(one) >= endOf(best) ? one : best),
    undefined,
  )
}

function describe(producer: Producer | undefined, inner: string, ran: ReadonlyMap<string, CallSummary>) {
  switch (producer?.kind) {
    case undefined:
      return {}
    case 'request':
      return { from: `${producer.from}${inner}`, mappedAt: producer.at, source: 'request' }
    case 'step':
      return { step: producer.step, mappedAt: producer.at }
    case 'call': {
      const { step, service, operation, from, at } = producer
      const call = ran.get(step)
      return {
        step,
        operation: `${service}.${operation}`,
        from: `${from}${inner}`,
        mappedAt: at,
        ...(call && { source: call.source, attempt: call.attempts, ms: call.ms }),
      }
    }
  }
}
