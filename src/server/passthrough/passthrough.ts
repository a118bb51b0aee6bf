import type { IncomingMessage, ServerResponse } from 'node:http'
import { createProxyMiddleware } from 'http-proxy-middleware'
import type { Endpoint } from '../../backends/endpoints.ts'
import { GatewayError } from '../../errors.ts'
import { contained } from '../../faults.ts'
import { refuse } from '../../run/refusals.ts'
import { checkPath } from '../dispatch.ts'
import { Exchange } from '../exchange.ts'
import { takeTurn } from '../limits/shed.ts'
import type { Serving } from '../serving.ts'
import { checkRequest } from '../strict.ts'
import { Agents } from './agents.ts'
import { addTraceHeaders, prepareRequestHeaders, prepareUpgradeHeaders } from './headers.ts'
import { findPassthrough, isHandshake, isHandshakeWithBody, type PassthroughMatch } from './match.ts'
import { OngoingPassthrough } from './ongoing.ts'
import { Tunnels } from './tunnels.ts'
import { UpgradeResponse } from './upgrade-response.ts'
import { refuseTooLong } from './upload.ts'

/**
 * `proxy:` routes: the request goes on to the service as it came, path and query byte for byte behind the endpoint's
 * prefix, and the answer comes back as it is, streamed both ways. http-proxy-middleware carries it; what it does not
 * keep safe is done here: headers of a connection stay with it, the status is checked, the reason phrase is dropped,
 * a cut answer is cut for the client too.
 */
export class Passthrough {
  readonly #serving: Serving
  readonly #ongoing = new WeakMap<IncomingMessage, OngoingPassthrough>()
  readonly #tunnels = new Tunnels()
  readonly #agents = new Agents()
  readonly #proxy

  constructor(serving: Serving) {
    this.#serving = serving
    this.#proxy = createProxyMiddleware<IncomingMessage, ServerResponse>({
      selfHandleResponse: true,
      changeOrigin: true,
      router: (request, _response, options) => {
        const target = new URL(this.#ongoing.get(request)!.endpoint.url).origin
        options.agent = this.#agents.of(target)
        return target
      },
      // The proxy looks at a path as at a URL, which not every path is, and its own joining of prefix and path would drop
      // a slash: it gets the real one last.
      pathRewrite: (_path, request) => this.#ongoing.get(request)!.target,
      on: {
        proxyReq: (proxyRequest, request) => this.#tell(request, (ongoing) => ongoing.began(proxyRequest)),
        proxyReqWs: (proxyRequest, request) =>
          this.#tell(request, (ongoing) => {
            const { response } = ongoing.exchange
            if (response instanceof UpgradeResponse) ongoing.beganUpgrade(proxyRequest, response, this.#tunnels)
          }),
        proxyRes: (proxyResponse, request, response) =>
          this.#tell(request, (ongoing) => ongoing.answered(proxyResponse, response)),
        error: (error, request) => this.#tell(request, (ongoing) => ongoing.failed(error)),
      },
    })
  }

  #tell(request: IncomingMessage, what: (ongoing: OngoingPassthrough) => void): void {
    const ongoing = this.#ongoing.get(request)
    if (ongoing) contained('backend', ongoing.exchange, what)(ongoing)
  }

  /** Passes the request on if its route says so, else leaves it to `next`. */
  handle(request: IncomingMessage, response: ServerResponse, next: () => void): void {
    const found = findPassthrough(this.#serving, request)
    if (!found) {
      next()
      return
    }
    const { active } = found
    // One that was not taken for an upgrade: Node drops what came with it, so that nobody knows what comes next.
    if (isHandshake(request)) response.shouldKeepAlive = false
    const exchange = new Exchange(
      this.#serving,
      this.#serving.current,
      active,
      request,
      response,
      found.arrived.parts.id,
    )
    this.#admit(exchange, found, (endpoint) => {
      // The proxy, its plugins, the pipeline and we all listen.
      response.setMaxListeners(0)
      const ongoing = this.#open(exchange, found, endpoint)
      const failed = contained('promise', exchange, (thrown: unknown) => ongoing.failed(thrown))
      this.#proxy(request, response, failed).catch(failed)
    })
  }

  /** Passes a request to upgrade on: it holds its places until the tunnel ends, and what refuses it is an answer like any other. */
  upgrade(request: IncomingMessage, response: UpgradeResponse, head: Buffer): void {
    const { current, isDraining } = this.#serving
    const found = findPassthrough(this.#serving, request)
    const socket = response.connectionToClient
    const exchange = new Exchange(
      this.#serving,
      current,
      found?.active,
      request,
      response,
      found?.arrived.parts.id,
      socket,
    )
    if (!found) exchange.fail(refuse('not-found'))
    else if (isDraining) exchange.fail(new GatewayError('overloaded', { detail: 'the gateway is about to end' }))
    else {
      this.#admit(exchange, found, (endpoint) => {
        socket.setMaxListeners(0)
        this.#open(exchange, found, endpoint)
        prepareUpgradeHeaders(request)
        this.#proxy.upgrade(request, socket, head)
      })
    }
  }

  /** Ends what is still upgraded, and the idle connections to backends. */
  close(): void {
    this.#tunnels.destroy()
    this.#agents.destroy()
  }

  #admit(exchange: Exchange, { active, arrived }: PassthroughMatch, passOn: (endpoint: Endpoint) => void): void {
    const { request, serving } = exchange
    const { service, maxRequestBytes } = active.route
    const refusal = checkRequest(request) ?? checkPath(request) ?? checkHandshake(request)
    exchange.passOn = () => {
      const tooLong = refuseTooLong(request, maxRequestBytes)
      const endpoint = tooLong ? undefined : serving.backends.pickEndpoint(service)
      if (tooLong) exchange.fail(tooLong)
      else if (endpoint) passOn(endpoint)
      else exchange.fail(new GatewayError('unavailable', { detail: 'the service has no endpoint' }))
    }
    if (refusal) exchange.fail(refusal)
    else if (serving.overload.isBusy) takeTurn(exchange, arrived, () => exchange.pass(active.pipeline, arrived))
    else exchange.pass(active.pipeline, arrived)
  }

  /** Makes the request the one that is sent. */
  #open(exchange: Exchange, { active, arrived }: PassthroughMatch, endpoint: Endpoint): OngoingPassthrough {
    const { request, serving, target } = exchange
    const { route, title } = active
    const span = exchange.span.child(title, 'client', endpoint.attributes)
    const metrics = serving.metrics.client(route.service.name, route.name, request.method ?? '')
    const ended = serving.backends.watch(route.service, endpoint)
    const timeoutMs = Math.max(1, arrived.deadline - serving.clock.now())
    const path = endpoint.prefix + target
    const { maxRequestBytes } = route
    const ongoing = new OngoingPassthrough({
      exchange,
      endpoint,
      target: path,
      timeoutMs,
      ownMs: route.timeoutMs,
      maxRequestBytes,
      metrics,
      span,
      ended,
    })
    const propagation = exchange.propagation()
    prepareRequestHeaders(request)
    addTraceHeaders(request.headers, span, propagation)
    request.url = '/'
    this.#ongoing.set(request, ongoing)
    return ongoing
  }
}

function checkHandshake(request: IncomingMessage): GatewayError | undefined {
  return isHandshakeWithBody(request) ? refuse('bad-request', 'a request to upgrade has no body') : undefined
}
