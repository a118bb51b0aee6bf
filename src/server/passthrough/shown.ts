import type { Credentials } from '../../endpoints/credentials/credentials.ts'
import { GatewayError } from '../../errors.ts'
import type { Exchange } from '../requests/exchange.ts'
import type { Attempt } from './attempt.ts'
import type { Upload } from './upload.ts'

/** What the service of a request on its way through is shown of the gateway's own, where its file says so. */
export class Shown {
  readonly #credentials: Credentials
  readonly #exchange: Exchange
  readonly #upload: Upload
  /** The service refused it once: no third is shown. */
  #wasRefused = false
  #isWaiting = false

  constructor(credentials: Credentials, exchange: Exchange, upload: Upload) {
    this.#credentials = credentials
    this.#exchange = exchange
    this.#upload = upload
  }

  /** Gives it now, or as soon as it is there. */
  obtain(go: (authorization: string) => void, fail: (thrown: unknown) => void): void {
    const credentials = this.#credentials
    const exchange = this.#exchange
    let known: string | undefined
    try {
      known = credentials.now()
    } catch (thrown) {
      fail(thrown)
      return
    }
    if (known !== undefined) {
      go(known)
      return
    }
    this.#isWaiting = true
    credentials.get(exchange.scope).then(
      (authorization) => {
        this.#isWaiting = false
        if (!exchange.isOver) go(authorization)
      },
      (thrown: unknown) => {
        this.#isWaiting = false
        if (!exchange.isOver) fail(thrown)
      },
    )
  }

  /** Why the request ended, whose time was up; undefined where it did not wait for what is shown. */
  get failure(): GatewayError | undefined {
    return this.#isWaiting
      ? new GatewayError('credentials-unavailable', { reason: 'no token came in time' })
      : undefined
  }

  /** The service refused what it was shown (401). Whether it is to be shown another one: where nothing of the request is gone. */
  mayBeAnother({ authorization }: Attempt): boolean {
    if (authorization === undefined || !this.#credentials.refuse(authorization)) return false
    if (this.#wasRefused || !this.#upload.isEmpty) return false
    this.#wasRefused = true
    return true
  }
}
