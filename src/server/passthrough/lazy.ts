import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { toGatewayError } from '../../errors.ts'
import { contained } from '../../faults.ts'
import { hasBody } from '../body.ts'
import { Exchange } from '../exchange.ts'
import { tryShed } from '../limits/shed.ts'
import type { Serving } from '../serving.ts'
import { dropHeadersOfProxies } from '../strangers.ts'
import { findPassthrough, isHandshake, type PassthroughMatch } from './match.ts'
import type { Passthrough } from './passthrough.ts'
import { UpgradeResponse } from './upgrade-response.ts'

interface Loaded {
  readonly app: RequestListener
  readonly passthrough: Passthrough
}

/**
 * `proxy:` routes, behind Express and http-proxy-middleware. Those take a tenth of a second and 20 MB, so they are
 * loaded for the first request that is passed on, and what comes meanwhile waits.
 */
export class LazyPassthrough {
  readonly #serving: Serving
  #loading: Promise<Loaded> | undefined
  #loaded: Loaded | undefined
  #isClosed = false

  constructor(serving: Serving) {
    this.#serving = serving
  }

  /** Passes a request on if its route says so: false when it does not. */
  tryPassOn(request: IncomingMessage, response: ServerResponse): boolean {
    const found = findPassthrough(this.#serving, request)
    if (!found) return false
    if (this.#isShed(found, request, response)) return true
    this.#passOn(request, response, ({ app }) => app(request, response))
    return true
  }

  /**
   * Whether a request for an upgrade is one that is passed on: any other is answered as if it had not asked, and refused
   * where it announces a body.
   */
  takesUpgrade(request: IncomingMessage): boolean {
    return isHandshake(request) && !hasBody(request) && findPassthrough(this.#serving, request) !== undefined
  }

  upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    dropHeadersOfProxies(request, this.#serving.current.addresses.trustsPeerOf)
    const response = new UpgradeResponse(request, socket)
    const found = findPassthrough(this.#serving, request)
    if (found && this.#isShed(found, request, response)) return
    this.#passOn(request, response, ({ passthrough }) => passthrough.upgrade(request, response, head))
  }

  /** Loads it now, in a moment that is better than the first request's. Never rejects: that request is told. */
  async warmUp(): Promise<void> {
    await this.#load().catch(() => {})
  }

  /** Ends what is still upgraded, and the idle connections to backends. */
  close(): void {
    this.#isClosed = true
    this.#loaded?.passthrough.close()
  }

  #isShed({ active, arrived }: PassthroughMatch, request: IncomingMessage, response: ServerResponse): boolean {
    return this.#serving.overload.isBusy && tryShed(this.#serving, active, arrived, request, response)
  }

  #passOn(request: IncomingMessage, response: ServerResponse, pass: (by: Loaded) => void): void {
    if (this.#loaded) {
      pass(this.#loaded)
      return
    }
    this.#load().then(
      contained('promise', response, (loaded) => {
        if (!response.destroyed) pass(loaded)
      }),
      contained('promise', response, (thrown: unknown) => {
        if (response.destroyed) return
        const exchange = new Exchange(this.#serving, this.#serving.current, undefined, request, response)
        exchange.fail(toGatewayError(thrown))
      }),
    )
  }

  #load(): Promise<Loaded> {
    this.#loading ??= this.#open()
    return this.#loading
  }

  async #open(): Promise<Loaded> {
    const [{ createExpressApp }, { Passthrough }] = await Promise.all([
      import('../express-app.ts'),
      import('./passthrough.ts'),
    ])
    const passthrough = new Passthrough(this.#serving)
    this.#loaded = { passthrough, app: createExpressApp(this.#serving, passthrough) }
    if (this.#isClosed) passthrough.close()
    return this.#loaded
  }
}
