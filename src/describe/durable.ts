import { printDuration } from '../expressions/units.ts'
import type { AggregatedRoute } from '../plan/snapshot.ts'

/** What holds for the runs of a durable route, and for whoever begins one. */
export function describeDurable({ durable, match }: Pick<AggregatedRoute, 'durable' | 'match'>): string {
  const { timeoutMs, retentionMs, keepsAll, replyWithinMs } = durable!
  return [
    `each run is recorded, and ends within ${printDuration(timeoutMs)}`,
    // Nobody asks for what a trigger begins.
    ...(match.on ? [] : [`its client is kept ${printDuration(replyWithinMs)}, then told 202`]),
    `${keepsAll ? 'all of it' : 'its answer'} is kept ${printDuration(retentionMs)}`,
  ].join(', ')
}
