import { printJson } from '../json-text.ts'
import type { AggregatedRoute } from '../plan/snapshot.ts'
import { findMembers, type Member } from './lineage/members.ts'

/** What all recordings of a route in one configuration have in common: kept once. */
export interface RecordedPlan {
  readonly route: string
  readonly file: string
  /** Where members of answers come from, by the step that answers; the route's own under ``. */
  readonly members: Readonly<Record<string, readonly Member[]>>
}

export function printPlan({ name, file, bound }: AggregatedRoute): string {
  return printJson({ route: name, file, members: findMembers(bound) } satisfies RecordedPlan)
}
