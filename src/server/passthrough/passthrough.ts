import { type ClientRequest, Agent as HttpAgent, type IncomingMessage, ServerResponse } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { Socket } from 'node:net'
import { createProxyMiddleware } from 'http-proxy-middleware'
import type { Endpoint } from '../../backends/endpoints.ts'
import { GatewayError } from '../../errors.ts'
import { readPropagation, type TraceHeaders } from '../../telemetry/traceparent.ts'
import type { ActivePassthrough } from '../activation.ts'
import { checkPath, findRoute } from '../dispatch.ts'
import { Exchange } from '../exchange.ts'
import type { Gate } from '../limits/gate.ts'
import { ServerRequestParts } from '../request-parts.ts'
import type { Serving } from '../serving.ts'
import { checkRequest, targetOf } from '../strict.ts'
import { addTraceHeaders, prepareRequestHeaders } from './headers.ts'
import { findPassthrough, isWebSocket } from './match.ts'
import { OngoingPassthrough } from './ongoing.ts'
import { refuseUpgrade, UpgradedSockets } from './upgrade.ts'

/** What http-proxy-middleware is asked for by every request. */
interface Journey {
  readonly endpoint: Endpoint
  readonly timeoutMs: number
  readonly ongoing: OngoingPassthrough | undefined
}

/** An idle connection is given up before most backends would close it (Node's: 5 s), so that no request runs into that. */
const agentOptions = { keepAlive: true, timeout: 4000 }

/**
 * `proxy:` routes: the request goes on to the service as it came, path and query byte for byte behind the endpoint's
 * prefix, and the answer comes back as it is, streamed both ways. http-proxy-middleware carries it; what it does not
 * keep safe is done here: headers of a connection stay with it, the status is checked, the reason phrase is dropped,
 * a cut answer is cut for the client too.
 */
export class Passthrough {
  readonly #serving: Serving
  readonly #journeys = new WeakMap<IncomingMessage, Journey>()
  readonly #upgraded = new UpgradedSockets()
  readonly #agents = { http: new HttpAgent(agentOptions), https: new HttpsAgent(agentOptions) }
  readonly #proxy

  constructor(serving: Serving) {
    this.#serving = serving
    this.#proxy = createProxyMiddleware<IncomingMessage, ServerResponse>({
      selfHandleResponse: true,
      changeOrigin: true,
      router: (request, _response, options) => {
        const { endpoint, timeoutMs } = this.#journeys.get(request)!
        const target = new URL(endpoint.url).origin
        options.agent = target.startsWith('https:') ? this.#agents.https : this.#agents.http
        options.upgradeTimeout = timeoutMs
        return target
      },
      on: {
        proxyReq: (proxyRequest, request) => this.#journeys.get(request)?.ongoing?.began(proxyRequest),
        proxyReqWs: (proxyRequest: ClientRequest) => this.#upgraded.guard(proxyRequest),
        proxyRes: (proxyResponse, request, response) =>
          this.#journeys.get(request)?.ongoing?.answered(proxyResponse, response),
        error: (error, request, to) => this.#fail(error, request, to),
      },
    })
  }

  /** Passes the request on if its route says so, else leaves it to `next`. */
  handle(request: IncomingMessage, response: ServerResponse, next: () => void): void {
    const active = findPassthrough(this.#serving, request)
    if (!active) {
      next()
      return
    }
    const exchange = new Exchange(this.#serving, this.#serving.current, active, request, response)
    const refusal = checkRequest(request) ?? checkPath(request)
    if (refusal) exchange.fail(refusal)
    else if (active.gate) this.#admit(exchange, active, active.gate)
    else this.#begin(exchange, active)
  }

  #admit(exchange: Exchange, active: ActivePassthrough, gate: Gate): void {
    const { request, target, requestId, activation } = exchange
    const found = findRoute(activation, request)
    const params = found.kind === 'match' ? found.params : {}
    const parts = new ServerRequestParts(request, target, params, requestId, activation.addresses)
    gate.admit(exchange, parts, active.route.timeoutMs, () => this.#begin(exchange, active))
  }

  #begin(exchange: Exchange, active: ActivePassthrough): void {
    const endpoint = this.#serving.backends.pickEndpoint(active.route.service)
    if (endpoint) this.#passOn(exchange, active, endpoint)
    else exchange.fail(new GatewayError('unavailable', { detail: 'the service has no endpoint' }))
  }

  upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    const { current, backends, isDraining } = this.#serving
    const active = isWebSocket(request) ? findPassthrough(this.#serving, request) : undefined
    const refusal = checkRequest(request) ?? checkPath(request)
    const endpoint = active && backends.pickEndpoint(active.route.service)
    if (!active || !endpoint || refusal || isDraining) {
      refuseUpgrade(socket, refusal?.status ?? (active && !isDraining ? 502 : 503))
      return
    }
    this.#upgraded.add(socket, current)
    const { upgrade } = request.headers
    prepareRequestHeaders(request, current.addresses)
    Object.assign(request.headers, { connection: 'Upgrade', upgrade })
    this.#send(request, endpoint, targetOf(request), active.route.timeoutMs, undefined)
    this.#proxy.upgrade(request, socket, head)
  }

  /** Ends what is still upgraded, and the idle connections to backends. */
  close(): void {
    this.#upgraded.destroy()
    this.#agents.http.destroy()
    this.#agents.https.destroy()
  }

  #passOn(exchange: Exchange, { route, title }: ActivePassthrough, endpoint: Endpoint): void {
    const { request, response, activation, serving, target, requestId } = exchange
    // The proxy, its plugins, the pipeline and we all listen.
    response.setMaxListeners(0)
    const span = exchange.span.child(title, 'client', endpoint.attributes)
    const metrics = serving.metrics.client(route.service.name, route.name, request.method ?? '')
    const ended = serving.backends.watch(route.service, endpoint)
    const ongoing = new OngoingPassthrough(exchange, endpoint, route.timeoutMs, metrics, span, ended)
    const propagation = readPropagation(request.headers as TraceHeaders, requestId)
    prepareRequestHeaders(request, activation.addresses)
    addTraceHeaders(request.headers, span, propagation)
    this.#send(request, endpoint, target, route.timeoutMs, ongoing)
    this.#proxy(request, response, () => {}).catch((thrown) => ongoing.failed(thrown))
  }

  #send(
    request: IncomingMessage,
    endpoint: Endpoint,
    target: string,
    timeoutMs: number,
    ongoing: OngoingPassthrough | undefined,
  ): void {
    // The proxy's own joining of prefix and path would drop a slash.
    request.url = endpoint.prefix + target
    this.#journeys.set(request, { endpoint, timeoutMs, ongoing })
  }

  #fail(error: Error, request: IncomingMessage, to: ServerResponse | Socket): void {
    if (to instanceof ServerResponse) this.#journeys.get(request)?.ongoing?.failed(error)
    else refuseUpgrade(to, (error as { statusCode?: number }).statusCode === 504 ? 504 : 502)
  }
}
