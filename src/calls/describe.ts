import type { Endpoint } from '../endpoints/service-endpoints.ts'
import { maskQuery } from '../redaction.ts'
import type { Attributes } from '../telemetry/span.ts'
import type { CallRequest } from './call.ts'
import type { OngoingCall } from './layer.ts'
import type { CallSite } from './policy.ts'

/**
 * The attributes of an attempt's client span (OpenTelemetry semantic conventions, HTTP client). `url.full` holds the
 * path's template in place of the path, and `REDACTED` for every query value: colors may be personal or secret. Of where
 * a redirect led no template is known.
 */
export function describeAttempts(site: CallSite) {
  const target = site.template.slice(site.template.indexOf(' ') + 1)
  const template = target.split('?', 1)[0]!
  const version = site.service.version && { 'tessera.version': site.service.version.name }
  return (
    { method, path, isRedirected }: CallRequest,
    { attempts, isHedge }: OngoingCall,
    endpoint: Endpoint,
  ): Attributes => ({
    ...endpoint.attributes,
    ...version,
    ...site.dialect?.attributes,
    'http.request.method': method,
    ...(isRedirected
      ? { 'url.full': `${new URL(endpoint.url).origin}/REDACTED` }
      : { 'url.template': template, 'url.full': endpoint.url + template + maskQuery(path) }),
    ...(isHedge ? { 'tessera.hedge': true } : undefined),
    ...(attempts > 1 ? { 'http.request.resend_count': attempts - 1 } : undefined),
  })
}
