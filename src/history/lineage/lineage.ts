import type { AggregatedRoute } from '../../plan/snapshot.ts'
import type { CallSummary } from '../recording.ts'
import { findMembersByResponse, type Member, type Producer } from './members.ts'

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

type Call = Pick<CallSummary, 'step' | 'source' | 'attempts' | 'startedMs' | 'ms'>

/** What the plan tells of an answer's members, for what ran of it. */
export function lineageOf(members: readonly Member[], calls: readonly Call[]): Lineage[] {
  const ran = new Map<string, Call>()
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
function choose(producers: readonly Producer[], ran: ReadonlyMap<string, Call>): Producer | undefined {
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

function describe(producer: Producer | undefined, inner: string, ran: ReadonlyMap<string, Call>) {
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

/** Tells of a route's answers where their members come from: the plan's share is found with the first of them. */
export function tellLineage({ bound }: AggregatedRoute): (answer: ToldAnswer) => Lineage[] {
  let members: ReturnType<typeof findMembersByResponse> | undefined
  return ({ filledFrom, records }) => {
    members ??= findMembersByResponse(bound)
    return lineageOf((filledFrom && members.get(filledFrom)) ?? [], records)
  }
}

interface ToldAnswer {
  readonly filledFrom?: object | undefined
  readonly records: readonly Call[]
}
