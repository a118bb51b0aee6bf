import type { Body } from '../json/body.ts'
import type { IncomingResponse } from '../transports/transport.ts'
import type { LayerResponse } from './layer.ts'

/**
 * What a backend answered just now. Its headers are taken apart when they are asked for, which is rare; so it is no
 * plain object and must not be spread: whoever makes another response of it names what it takes.
 */
export class LiveResponse implements LayerResponse {
  readonly status: number
  readonly body: Body | undefined
  attempts: number
  version: string | undefined = undefined
  isPersonal: boolean | undefined = undefined
  redirects: LayerResponse['redirects'] = undefined
  readonly #incoming: IncomingResponse

  constructor(incoming: IncomingResponse, body: Body | undefined, attempts: number) {
    this.status = incoming.status
    this.body = body
    this.attempts = attempts
    this.#incoming = incoming
  }

  get source(): 'live' {
    return 'live'
  }

  get headers(): LayerResponse['headers'] {
    return this.#incoming.headers
  }
}
