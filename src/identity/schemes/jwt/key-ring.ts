import type { CryptoKey, JWTVerifyGetKey } from 'jose'
import type { Clock } from '../../../clock.ts'
import type { Notify } from '../../../telemetry/notice.ts'
import type { KeyDocument } from './key-source.ts'

/** A key that nobody knows asks the issuer no more often than this, for all who bring one. */
const unknownMs = 30_000
/** After a fetch that failed. */
const retryMs = 5_000
/** How long keys hold on in an outage, beyond the time when they were to be fetched again. */
const outageMs = 3_600_000

/** Keys that cannot be had, so that nobody can tell whether a token is good. */
export class KeysUnavailable extends Error {
  /** Seconds. */
  readonly retryAfter: number
  constructor(reason: string, waitMs: number) {
    super(reason)
    this.retryAfter = Math.max(1, Math.ceil(waitMs / 1000))
  }
}

/** Finds the key of a token; those of one fetch. */
export interface Keys {
  readonly find: JWTVerifyGetKey<CryptoKey>
  /** Another one whenever the keys are others. */
  readonly generation: number
}

export interface KeyRingParts {
  /** Undefined where the keys are there once and for all. */
  readonly fetch: (() => Promise<KeyDocument>) | undefined
  /** Those. */
  readonly first?: KeyDocument | undefined
  readonly compile: (document: KeyDocument) => Promise<JWTVerifyGetKey<CryptoKey>>
  readonly refreshMs: number
  readonly clock: Clock
  readonly scheme: string
  readonly notify: Notify
  /** The keys are others than before. */
  readonly changed: () => void
}

/** The keys of an issuer: fetched, kept, fetched again, and kept for an hour more where that fails. */
export class KeyRing {
  readonly #parts: KeyRingParts
  #keys: Keys | undefined
  #text = ''
  #fetchedAt = 0
  #attemptedAt = Number.NEGATIVE_INFINITY
  /** When keys were fetched last because of one that nobody knew. */
  #unknownAt = Number.NEGATIVE_INFINITY
  #failure: string | undefined
  #fetching: Promise<void> | undefined

  constructor(parts: KeyRingParts) {
    this.#parts = parts
    this.#begin()
  }

  /** Whether what was verified with the known keys still holds; fetches them again where it is time to. */
  get isUsable(): boolean {
    if (!this.#parts.fetch) return true
    if (!this.#keys) return false
    const age = this.#parts.clock.now() - this.#fetchedAt
    if (age > this.#parts.refreshMs && this.#mayTry(retryMs)) this.#begin()
    return age <= this.#parts.refreshMs + outageMs
  }

  get generation(): number {
    return this.#keys?.generation ?? 0
  }

  /** @throws KeysUnavailable */
  async get(): Promise<Keys> {
    if (this.#keys && this.isUsable) return this.#keys
    if (this.#mayTry(retryMs)) this.#begin()
    await this.#fetching
    if (this.#keys && this.isUsable) return this.#keys
    throw this.#unavailable(retryMs)
  }

  /**
   * For a key that is not among those: looks whether there are others by now; undefined where there are none.
   * @throws KeysUnavailable
   */
  async renew({ generation }: Keys): Promise<Keys | undefined> {
    if (this.#parts.fetch && !this.#fetching && this.#keys!.generation === generation) {
      const now = this.#parts.clock.now()
      if (now - this.#unknownAt >= unknownMs) {
        this.#unknownAt = now
        this.#begin()
      }
    }
    await this.#fetching
    if (this.#keys!.generation !== generation) return this.#keys
    if (this.#failure !== undefined) throw this.#unavailable(unknownMs)
    return undefined
  }

  #mayTry(afterMs: number): boolean {
    return this.#fetching === undefined && this.#parts.clock.now() - this.#attemptedAt >= afterMs
  }

  #unavailable(afterMs: number): KeysUnavailable {
    const waitMs = this.#attemptedAt + afterMs - this.#parts.clock.now()
    return new KeysUnavailable(`the keys of \`${this.#parts.scheme}\` cannot be had: ${this.#failure}`, waitMs)
  }

  /** Never rejects: what failed is noted. */
  #begin(): void {
    const { clock, fetch, first } = this.#parts
    this.#attemptedAt = clock.now()
    this.#fetching = (fetch ? fetch() : Promise.resolve(first!))
      .then((document) => this.#take(document))
      .then(
        () => this.#note(undefined),
        (thrown: Error) => this.#note(thrown.message),
      )
      .finally(() => this.#ended())
  }

  async #take(document: KeyDocument): Promise<void> {
    const text = JSON.stringify(document)
    if (text !== this.#text) {
      const find = await this.#parts.compile(document)
      this.#keys = { find, generation: (this.#keys?.generation ?? 0) + 1 }
      this.#text = text
      this.#parts.changed()
    }
    this.#fetchedAt = this.#parts.clock.now()
  }

  #ended(): void {
    this.#fetching = undefined
  }

  /** Says so once a change. */
  #note(failure: string | undefined): void {
    const { scheme: subject, notify } = this.#parts
    const before = this.#failure
    this.#failure = failure
    if (failure !== undefined && before === undefined)
      notify({ level: 'warn', subject, message: 'the keys of a scheme cannot be fetched', reason: failure })
    else if (failure === undefined && before !== undefined)
      notify({ level: 'info', subject, message: 'the keys of a scheme are fetched again' })
  }
}
