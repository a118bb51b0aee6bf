import type { Clock } from '../clock.ts'
import type { Notify } from '../telemetry/notice.ts'

/** A key that nobody knows asks the issuer no more often than this, for all who bring one. */
const unknownMs = 30_000
/** After a fetch that failed. */
const retryMs = 5_000
/** How long keys hold on in an outage, beyond the time when they were to be fetched again. */
const outageMs = 3_600_000

/** What cannot be had of an issuer, so that nobody can tell whether somebody is who he says. */
export class IssuerUnavailable extends Error {
  /** Seconds. */
  readonly retryAfter: number
  constructor(reason: string, waitMs: number) {
    super(reason)
    this.retryAfter = Math.max(1, Math.ceil(waitMs / 1000))
  }
}

/** What was made of one fetch. */
export interface Fetched<Made> {
  readonly made: Made
  /** Another one whenever it is another. */
  readonly generation: number
}

export interface IssuerDocumentParts<Document, Made> {
  /** What it is, for people: `keys`. */
  readonly what: string
  /** Undefined where it is there once and for all. */
  readonly fetch: (() => Promise<Document>) | undefined
  /** That one. */
  readonly first?: Document | undefined
  readonly compile: (document: Document) => Promise<Made>
  readonly refreshMs: number
  readonly clock: Clock
  readonly scheme: string
  readonly notify: Notify
  /** It is another than before. */
  readonly changed?: () => void
}

/** A document of an issuer, its keys above all: fetched, kept, fetched again, and kept for an hour more where that fails. */
export class IssuerDocument<Document, Made> {
  readonly #parts: IssuerDocumentParts<Document, Made>
  #held: Fetched<Made> | undefined
  #text = ''
  #fetchedAt = 0
  #attemptedAt = Number.NEGATIVE_INFINITY
  /** When it was fetched last because of a key that nobody knew. */
  #unknownAt = Number.NEGATIVE_INFINITY
  #failure: string | undefined
  #fetching: Promise<void> | undefined

  constructor(parts: IssuerDocumentParts<Document, Made>) {
    this.#parts = parts
    this.#begin()
  }

  /** Whether what was verified by it still holds; fetches it again where it is time to. */
  get isUsable(): boolean {
    if (!this.#parts.fetch) return true
    if (!this.#held) return false
    const age = this.#parts.clock.now() - this.#fetchedAt
    if (age > this.#parts.refreshMs && this.#mayTry(retryMs)) this.#begin()
    return age <= this.#parts.refreshMs + outageMs
  }

  get generation(): number {
    return this.#held?.generation ?? 0
  }

  /** @throws IssuerUnavailable */
  async get(): Promise<Fetched<Made>> {
    if (this.#held && this.isUsable) return this.#held
    if (this.#mayTry(retryMs)) this.#begin()
    await this.#fetching
    if (this.#held && this.isUsable) return this.#held
    throw this.#unavailable(retryMs)
  }

  /**
   * For a key that is not among those: looks whether there are others by now; undefined where there are none.
   * @throws IssuerUnavailable
   */
  async renew({ generation }: Fetched<Made>): Promise<Fetched<Made> | undefined> {
    if (this.#parts.fetch && !this.#fetching && this.#held!.generation === generation) {
      const now = this.#parts.clock.now()
      if (now - this.#unknownAt >= unknownMs) {
        this.#unknownAt = now
        this.#begin()
      }
    }
    await this.#fetching
    if (this.#held!.generation !== generation) return this.#held
    if (this.#failure !== undefined) throw this.#unavailable(unknownMs)
    return undefined
  }

  #mayTry(afterMs: number): boolean {
    return this.#fetching === undefined && this.#parts.clock.now() - this.#attemptedAt >= afterMs
  }

  #unavailable(afterMs: number): IssuerUnavailable {
    const waitMs = this.#attemptedAt + afterMs - this.#parts.clock.now()
    const { what, scheme } = this.#parts
    return new IssuerUnavailable(`the ${what} of \`${scheme}\` cannot be had: ${this.#failure}`, waitMs)
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

  async #take(document: Document): Promise<void> {
    const text = JSON.stringify(document)
    if (text !== this.#text) {
      const made = await this.#parts.compile(document)
      this.#held = { made, generation: (this.#held?.generation ?? 0) + 1 }
      this.#text = text
      this.#parts.changed?.()
    }
    this.#fetchedAt = this.#parts.clock.now()
  }

  #ended(): void {
    this.#fetching = undefined
  }

  /** Says so once a change. */
  #note(failure: string | undefined): void {
    const { scheme: subject, notify, what } = this.#parts
    const before = this.#failure
    this.#failure = failure
    if (failure !== undefined && before === undefined)
      notify({ level: 'warn', subject, message: `the ${what} of a scheme cannot be fetched`, reason: failure })
    else if (failure === undefined && before !== undefined)
      notify({ level: 'info', subject, message: `the ${what} of a scheme can be fetched again` })
  }
}
