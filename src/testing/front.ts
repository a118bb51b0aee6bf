import type { AggregatedRoute, PassthroughRoute } from '../plan/snapshot.ts'

/** Finds where a request goes. The server's own router is handed in: rooms of one floor do not know each other. */
export interface Front {
  /** `path` without its query. Undefined when no route takes it. */
  find(method: string, path: string): Found | undefined
}

export interface Found {
  readonly route: AggregatedRoute | PassthroughRoute
  readonly params: Readonly<Record<string, string>>
}
