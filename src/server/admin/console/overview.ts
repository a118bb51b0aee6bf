import type { Route } from '../../../plan/snapshot.ts'
import { printMatch } from '../../../routes/match.ts'
import type { MetricWindows } from '../../../telemetry/windows.ts'
import { readPackageVersion } from '../../../version.ts'
import type { ReloadResult } from '../../lifecycle/reload.ts'
import { servicesOf } from '../../lifecycle/services.ts'
import type { Serving } from '../../lifecycle/serving.ts'
import { describeEndpoints } from '../describe-endpoints.ts'
import { countOf, type Figures, figuresOf, type Labels, type Trend, trendOf } from './figures.ts'

export interface Overview {
  readonly gateway: {
    readonly name: string
    readonly release: string
    /** Hash of the configuration that serves. */
    readonly version: string
    readonly isDraining: boolean
    readonly inFlight: number
    readonly lastReload: { readonly ok: boolean; readonly diagnostics: number } | undefined
  }
  readonly routes: readonly RouteHealth[]
  readonly services: readonly ServiceHealth[]
}

export interface RouteHealth {
  readonly name: string
  readonly match: string
  readonly kind: Route['kind']
  readonly summary: string | undefined
  readonly now: Figures
  /** Share of the requests whose answer lacks something or has it from elsewhere. */
  readonly degraded: number
  readonly trend: Trend
}

export interface ServiceHealth {
  readonly name: string
  readonly now: Figures
  readonly trend: Trend
  readonly endpoints: { readonly all: number; readonly well: number }
  /** Operations whose breaker is not closed. */
  readonly breakers: readonly { readonly operation: string; readonly state: 'half-open' | 'open' }[]
}

/** How everything does. */
export function describeOverview(
  serving: Serving,
  windows: MetricWindows,
  lastReload: ReloadResult | undefined,
): Overview {
  const { snapshot } = serving.current
  return {
    gateway: {
      name: snapshot.settings.telemetry.service,
      release: readPackageVersion(),
      version: snapshot.version,
      isDraining: serving.isDraining,
      inFlight: serving.metrics.activeRequests,
      lastReload: lastReload && { ok: lastReload.ok, diagnostics: lastReload.diagnostics.length },
    },
    routes: snapshot.routes.map((route) => describeRoute(route, windows)),
    services: describeServices(serving, windows),
  }
}

/** Its requests among those of all. */
export function groupOf({ match }: Route) {
  return {
    metric: 'http_server_request_duration_seconds',
    is: (labels: Labels) =>
      labels['http_route'] === match.path && (match.method === '*' || labels['http_request_method'] === match.method),
    isFailure: ({ http_response_status_code: status = '' }: Labels) => status >= '500',
  } as const
}

function describeRoute(route: Route, windows: MetricWindows): RouteHealth {
  const group = groupOf(route)
  const now = figuresOf(windows, group)
  const degraded = countOf(windows, 'tessera_degraded_total', (labels) => labels['route'] === route.name)
  return {
    name: route.name,
    match: printMatch(route.match),
    kind: route.kind,
    summary: route.summary,
    now,
    degraded: degraded === 0 ? 0 : degraded / countOf(windows, group.metric, group.is),
    trend: trendOf(windows, group),
  }
}

const breakerStates = [undefined, 'half-open', 'open'] as const

function describeServices({ current, backends, clock, metrics }: Serving, windows: MetricWindows): ServiceHealth[] {
  const services = servicesOf(current.snapshot)
  const endpoints = new Map(
    describeEndpoints(services, backends, clock.now()).services.map((service) => [service.service, service.endpoints]),
  )
  const breakers = Map.groupBy(metrics.series('tessera_breaker_state'), ({ labels }) => labels['service'])
  return services.map(({ name }) => {
    const group = {
      metric: 'http_client_request_duration_seconds',
      is: (labels: Labels) => labels['service'] === name,
      isFailure: (labels: Labels) => labels['error_type'] !== '',
    } as const
    const all = endpoints.get(name) ?? []
    return {
      name,
      now: figuresOf(windows, group),
      trend: trendOf(windows, group),
      endpoints: { all: all.length, well: all.filter(({ state }) => state === 'healthy').length },
      breakers: (breakers.get(name) ?? []).flatMap((series) => {
        const state = 'value' in series ? breakerStates[series.value] : undefined
        return state ? [{ operation: series.labels['operation']!, state }] : []
      }),
    }
  })
}
