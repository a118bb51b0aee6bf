import type { Browsers } from '../browsers/browsers.ts'
import type { RouteAccess } from '../plan/access.ts'
import type { RouteAdmission } from '../plan/admission/route.ts'
import type { AggregatedRoute, PassthroughRoute } from '../plan/snapshot.ts'

/** Requests that no route takes: what holds for all of them stands before the answer that there is nothing. */
export interface UnmatchedRoute {
  readonly kind: 'unmatched'
  readonly name: ''
  readonly admission: RouteAdmission | undefined
  readonly headers?: undefined
  readonly browsers: Browsers | undefined
  /** Who may ask for what the gateway answers there itself. */
  readonly access?: RouteAccess | undefined
}

/** What a stage can stand before. */
export interface StagedRoutes {
  readonly route: AggregatedRoute
  readonly proxy: PassthroughRoute
  readonly unmatched: UnmatchedRoute
}

export type StagedRoute = StagedRoutes[keyof StagedRoutes]
