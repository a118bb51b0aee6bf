import type { Endpoint } from '../../endpoints/service-endpoints.ts'
import { methodAttributes } from '../../telemetry/methods.ts'
import type { Attributes } from '../../telemetry/span.ts'
import type { RelayParts } from './parts.ts'

/**
 * The attributes of an attempt's client span (OpenTelemetry semantic conventions, HTTP client). What is pii or secret in
 * a path is hidden as in the request's own span, and `REDACTED` stands for every query value.
 */
export function describeAttempt(
  { exchange, route, target }: RelayParts,
  endpoint: Endpoint,
  resends: number,
): Attributes {
  const mark = target.indexOf('?')
  const query = mark < 0 ? '' : target.slice(mark).replaceAll(/=[^&]*/g, '=REDACTED')
  return {
    ...endpoint.attributes,
    ...methodAttributes(exchange.request.method),
    'url.template': endpoint.prefix + (route.passes.path?.template ?? route.match.path),
    'url.full': endpoint.url + (route.passes.path?.template ?? exchange.toldPath) + query,
    ...(resends > 0 ? { 'http.request.resend_count': resends } : undefined),
  }
}
