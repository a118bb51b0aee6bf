import type { Scope } from '../../cancellation.ts'
import { GatewayError } from '../../errors.ts'
import { maskUrl } from '../../redaction.ts'
import { askForToken } from './ask-token.ts'
import type { CredentialParts, Credentials } from './credentials.ts'
import type { OAuth2Settings } from './settings.ts'

/** Of its life, after which a token is asked for anew while the old one is still good. */
const freshShare = 0.8
/** A server that gave nothing is asked again after so long, whoever waits. */
const pauseMs = 1000
/** A token is no longer shown so shortly before its end: it has to get there. */
const marginMs = 1000
/** A service that refuses every token it is shown has a new one asked for once in so long. */
const refusalPauseMs = 10_000

interface Token {
  readonly authorization: string
  readonly freshUntil: number
  readonly endsAt: number
}

/** Tokens by the client credentials grant: one for all calls, asked for by one request, when a call needs it. */
export class TokenSource implements Credentials {
  readonly #settings: OAuth2Settings
  readonly #parts: CredentialParts
  readonly #server: string
  #token: Token | undefined
  #asking: Promise<Token> | undefined
  /** Why there was none, and until when nobody asks again. */
  #failure: { readonly reason: string; readonly until: number } | undefined
  #refusedAt = Number.NEGATIVE_INFINITY

  constructor(settings: OAuth2Settings, parts: CredentialParts) {
    this.#settings = settings
    this.#parts = parts
    this.#server = maskUrl(settings.tokenUrl)
  }

  now(): string | undefined {
    const token = this.#token
    if (!token) return undefined
    const now = this.#parts.clock.now()
    if (now < token.freshUntil) return token.authorization
    if (now >= token.endsAt) return undefined
    // Nobody waits for it: the old one is good.
    if (!this.#rests(now)) this.#ask().catch(() => {})
    return token.authorization
  }

  get(scope: Scope): Promise<string> {
    if (this.#rests(this.#parts.clock.now()) && !this.#asking) return Promise.reject(this.#unavailable())
    return new Promise((resolve, reject) => {
      const leave = scope.onCancel((reason) => reject(reason.code === 'timeout' ? this.#late() : reason))
      this.#ask().then(
        ({ authorization }) => {
          leave()
          resolve(authorization)
        },
        () => {
          leave()
          reject(this.#unavailable())
        },
      )
    })
  }

  refuse(authorization: string): boolean {
    if (this.#token && this.#token.authorization !== authorization) return true
    const now = this.#parts.clock.now()
    if (this.#token) {
      if (now - this.#refusedAt < refusalPauseMs) return false
      this.#refusedAt = now
      this.#token = undefined
    }
    return true
  }

  #rests(now: number): boolean {
    return this.#failure !== undefined && now < this.#failure.until
  }

  #ask(): Promise<Token> {
    this.#asking ??= this.#askNow().finally(() => {
      this.#asking = undefined
    })
    return this.#asking
  }

  async #askNow(): Promise<Token> {
    const { clock, notify } = this.#parts
    const askedAt = clock.now()
    try {
      const { token, lifeMs } = await askForToken(this.#settings, clock)
      const margin = Math.min(marginMs, lifeMs / 10)
      // From when it was asked for: it began no earlier.
      const known = {
        authorization: `Bearer ${token}`,
        freshUntil: askedAt + lifeMs * freshShare,
        endsAt: askedAt + lifeMs - margin,
      }
      this.#token = known
      if (this.#failure) notify({ level: 'info', subject: this.#server, message: 'it gives out tokens again' })
      this.#failure = undefined
      return known
    } catch (thrown) {
      const { message } = thrown as Error
      if (!this.#failure)
        notify({ level: 'warn', subject: this.#server, message: `it gives out no tokens: ${message}` })
      this.#failure = { reason: `${this.#server}: ${message}`, until: clock.now() + pauseMs }
      throw thrown
    }
  }

  #unavailable(): GatewayError {
    return new GatewayError('credentials-unavailable', { reason: this.#failure?.reason, retryAfter: 1 })
  }

  #late(): GatewayError {
    const reason = `${this.#server}: it did not answer in the time that the call had`
    return new GatewayError('credentials-unavailable', { reason, retryAfter: 1 })
  }
}
