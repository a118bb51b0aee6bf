import type { IncomingMessage, ServerResponse } from 'node:http'
import { GatewayError } from '../../errors.ts'
import type { PassedRequest } from '../../plan/passed-request.ts'
import { refuse } from '../../run/refusals.ts'
import type { RouteRequest } from '../../run/route-request.ts'
import { hasBody } from '../http/body.ts'
import { checkRequest } from '../http/strict.ts'
import { isUpgradable, type UpgradableResponse } from '../http/tunnel-client.ts'
import { dropHeadersOfProxies } from '../http/untrusted-headers.ts'
import type { ActiveMatch, ActivePassthrough } from '../lifecycle/activation.ts'
import type { Serving } from '../lifecycle/serving.ts'
import { takeTurn, tryShed } from '../overload/shed.ts'
import { titleOf } from '../requests/active-route.ts'
import { checkPath } from '../requests/dispatch.ts'
import { Exchange } from '../requests/exchange.ts'
import { passedHeaders } from './headers.ts'
import { arriveAt, findPassthrough, isHandshake, isHandshakeWithBody, type PassthroughMatch } from './match.ts'
import { Relay } from './relay.ts'
import { Tunnels } from './tunnels.ts'
import { refuseTooLong } from './upload.ts'

/**
 * `proxy:` routes: the request goes on to the service as it came, path and query byte for byte behind the endpoint's
 * prefix, and the answer comes back as it is, streamed both ways. It goes to the endpoint, the address and in the time
 * that a call would have (docs/adr/0049).
 */
export class Passthrough {
  readonly #serving: Serving
  readonly #tunnels = new Tunnels()

  constructor(serving: Serving) {
    this.#serving = serving
  }

  /** Passes a request on if the route that was found for it says so: false when it does not. */
  tryPassOn(match: ActiveMatch, request: IncomingMessage, response: ServerResponse): boolean {
    const serving = this.#serving
    const found = arriveAt(serving, match, request)
    if (!found) return false
    const { active, arrived } = found
    if (serving.overload.isBusy && tryShed(serving, active, arrived, request, response)) return true
    // One that was not taken for an upgrade: Node drops what came with it, so that nobody knows what comes next.
    if (isHandshake(request)) response.shouldKeepAlive = false
    this.#admit(new Exchange(serving, serving.current, active, request, response, arrived.parts.id), found)
    return true
  }

  /**
   * Whether a request for an upgrade is one that is passed on: any other is answered as if it had not asked, and refused
   * where it announces a body.
   */
  takesUpgrade(request: IncomingMessage): boolean {
    return isHandshake(request) && !hasBody(request) && findPassthrough(this.#serving, request) !== undefined
  }

  /** Passes a request to upgrade on: it holds its places until the tunnel ends, and what refuses it is an answer like any other. */
  upgrade(request: IncomingMessage, response: UpgradableResponse): void {
    const serving = this.#serving
    const { current, isDraining } = serving
    dropHeadersOfProxies(request, current.addresses.trustsPeerOf)
    const found = findPassthrough(serving, request)
    if (found && serving.overload.isBusy && tryShed(serving, found.active, found.arrived, request, response)) return
    const room = response.connectionToClient
    const exchange = new Exchange(serving, current, found?.active, request, response, found?.arrived.parts.id, room)
    if (!found) exchange.fail(refuse('not-found'))
    else if (isDraining) exchange.fail(new GatewayError('overloaded', { detail: 'the gateway is shutting down' }))
    else this.#admit(exchange, found)
  }

  /** Connections that speak another protocol by now. */
  get tunnels(): number {
    return this.#tunnels.count
  }

  /** Tells whoever speaks over them that we go away. */
  goAway(): void {
    this.#tunnels.goAway()
  }

  /** Ends what is still upgraded. */
  close(): void {
    this.#tunnels.destroy()
  }

  #admit(exchange: Exchange, { active, arrived }: PassthroughMatch): void {
    const { request, serving, activation } = exchange
    const refusal =
      checkRequest(request) ?? checkPath(request) ?? checkHandshake(request) ?? activation.loops.check(request)
    exchange.passOn = (passed) => {
      const tooLong = refuseTooLong(request, active.route.maxRequestBytes)
      if (tooLong) exchange.fail(tooLong)
      else this.#open(exchange, active, passed).begin()
    }
    if (refusal) exchange.fail(refusal)
    else if (serving.overload.isBusy) takeTurn(exchange, arrived, () => exchange.pass(active.pipeline, arrived))
    else exchange.pass(active.pipeline, arrived)
  }

  #open(
    exchange: Exchange,
    active: ActivePassthrough,
    { deadline, document, expiresMs, isAmbient }: RouteRequest,
  ): Relay {
    const { request, response, activation } = exchange
    const { route, service } = active
    const { passes } = route
    const { budgetHeader } = route.service
    const isUpgrade = isUpgradable(response)
    // Nothing may announce a body that is none: a backend that stays with HTTP would take the next request for it.
    const length = isUpgrade && 'content-length'
    return new Relay({
      exchange,
      route,
      service,
      title: titleOf(active, request),
      tunnels: this.#tunnels,
      metrics: active.client(request.method ?? ''),
      propagation: exchange.propagation(),
      target: passedTarget(exchange, passes),
      host: passes.keepsHost ? request.headers.host : undefined,
      headerLines: passedHeaders(
        request,
        passes,
        [budgetHeader, activation.snapshot.settings.budgetHeader, length, ...this.#serving.tracer.propagators.names],
        document && passes.render?.(document),
        activation.loops.id,
      ),
      budgetHeader,
      isUpgrade,
      expiresMs,
      isAmbient,
      // An answer has to begin by then: what is left when the request has passed the stages of its route.
      timeoutMs: Math.max(1, deadline - this.#serving.clock.now()),
      ownMs: route.timeoutMs,
    })
  }
}

/** Path and query as they go on: byte for byte, but for the path that the route asks for and what tells who asks. */
function passedTarget({ target, path }: Exchange, passes: PassedRequest): string {
  const query = target.slice(path.length)
  return (
    (passes.path?.forService(path) ?? path) + (passes.queries.size > 0 ? withoutNames(query, passes.queries) : query)
  )
}

function withoutNames(query: string, names: ReadonlySet<string>): string {
  if (query === '') return ''
  const kept = query
    .slice(1)
    .split('&')
    .filter((pair) => !names.has(nameOf(pair)))
  return kept.length === 0 ? '' : `?${kept.join('&')}`
}

/** As schemes read it. */
function nameOf(pair: string): string {
  return new URLSearchParams(pair).keys().next().value ?? ''
}

function checkHandshake(request: IncomingMessage): GatewayError | undefined {
  return isHandshakeWithBody(request) ? refuse('bad-request', 'a request to upgrade has no body') : undefined
}
