import { addForBrowsers } from '../../browsers/security-headers.ts'
import type { Endpoint } from '../../endpoints/service-endpoints.ts'
import { headersOn, replaceHeaders } from '../../run/headers.ts'
import { makeHeadersPrivate } from '../../run/private-answers.ts'
import type { ResponseHead } from '../../transports/http1/head.ts'
import { selectResponseHeaders } from './headers.ts'
import type { RelayParts } from './parts.ts'
import { translatePlaces } from './rewrite.ts'

/** Names and values in turn of what is passed on of a service's answer, and told beside it; undefined where those are too many. */
export function answerHeaders(
  head: ResponseHead,
  endpoint: Endpoint,
  { exchange, route }: RelayParts,
): string[] | undefined {
  const { access, browsers, headers: own, passes } = route
  const selected = selectResponseHeaders(head, browsers)
  if (!selected) return undefined
  translatePlaces(selected, { endpoint, path: passes.path, clientHost: exchange.request.headers.host })
  const all = own ? replaceHeaders(selected, headersOn(head.status, own)) : selected
  // Whatever the service says, or the route of all its answers.
  const headers = access && !access.isPublic ? makeHeadersPrivate(all) : all
  headers.push('x-request-id', exchange.requestId)
  if (exchange.ownHeaders) addForBrowsers(headers, exchange.ownHeaders, true)
  if (exchange.serving.isDraining) headers.push('connection', 'close')
  return headers
}
