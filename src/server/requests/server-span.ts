import type { IncomingMessage } from 'node:http'
import { methodAttributes } from '../../telemetry/methods.ts'
import type { Attributes } from '../../telemetry/span.ts'
import { listenerOf, schemeOf } from '../http/connection.ts'
import type { Activation, ActiveRoute } from '../lifecycle/activation.ts'

interface Described {
  readonly request: IncomingMessage
  readonly toldPath: string
  readonly activation: Activation
}

/** The attributes of a request's own span (OpenTelemetry semantic conventions, HTTP server), without its query. */
export function describeServerSpan(
  { request, toldPath, activation }: Described,
  active: ActiveRoute | undefined,
): Attributes {
  const attributes: Attributes = {
    ...methodAttributes(request.method),
    'url.path': toldPath,
    'url.scheme': schemeOf(request),
    'network.protocol.version': listenerOf(request).isHttp2 ? '2' : request.httpVersion,
    'client.address': activation.addresses.of(request),
    'tessera.snapshot': activation.snapshot.version,
  }
  const tell = (name: 'host' | 'user-agent') =>
    active?.route.told.maskedHeaders.has(name) ? undefined : request.headers[name]
  const host = tell('host')
  const agent = tell('user-agent')
  if (host !== undefined) {
    attributes['server.address'] = host.replace(/:\d*$/, '')
    const port = Number(/:(\d+)$/.exec(host)?.[1] ?? (listenerOf(request).isTls ? 443 : 80))
    attributes['server.port'] = port
  }
  if (agent !== undefined) attributes['user_agent.original'] = agent
  if (active) attributes['http.route'] = active.route.match.path
  if (active) attributes['tessera.route'] = active.route.name
  return attributes
}
