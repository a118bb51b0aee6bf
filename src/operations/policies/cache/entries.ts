import type { CallRequest } from '../../../calls/call.ts'
import { restoreBody } from '../../../calls/decode.ts'
import { type CachePolicy, lifetimesOf } from '../../../calls/http-caching/lifetimes.ts'
import { compileStoreKey, uriOf } from '../../../calls/http-caching/request-key.ts'
import { mayBeStored, type Sharing, sharingOf } from '../../../calls/http-caching/storable.ts'
import { updateHeaders } from '../../../calls/http-caching/validation.ts'
import type { LayerResponse } from '../../../calls/layer.ts'
import type { CallSite } from '../../../calls/policy.ts'
import type { Clock } from '../../../clock.ts'
import type { Body } from '../../../json/body.ts'
import type { Lifetimes, ResponseStore, StoredResponse, StoreKey } from '../../../stores/store.ts'

/** An answer with a validator is kept longer than it may be used, to be asked for by If-None-Match. */
const keptForValidationMs = 10 * 60_000

/** What is known of a request before the backend is asked. */
export interface Question {
  readonly request: CallRequest
  readonly key: StoreKey
  readonly generation: string
  readonly entry: CacheEntry | undefined
}

/** A stored answer that a site can use, and how it stands with it. */
export interface CacheEntry {
  readonly stored: StoredResponse
  readonly body: Body | undefined
  /** How long it is still fresh; below zero: how long it is not. */
  readonly leftMs: number
  /** How long it may still be answered while a newer one is fetched, and in place of a failure. */
  readonly staleLeftMs: number
  readonly staleIfErrorLeftMs: number
}

/** The answers that a site's cache policy keeps in the store. */
export class CacheEntries {
  readonly #site: CallSite
  readonly #policy: CachePolicy
  readonly #sharing: Sharing
  readonly #store: ResponseStore
  readonly #clock: Clock
  readonly #keyOf: ReturnType<typeof compileStoreKey>

  constructor(site: CallSite, policy: CachePolicy, store: ResponseStore, clock: Clock) {
    const { ttlMs, staleMs, staleIfErrorMs, override } = policy
    this.#site = site
    this.#policy = policy
    this.#sharing = sharingOf(site)
    this.#store = store
    this.#clock = clock
    // Under another policy an answer would have other lifetimes.
    this.#keyOf = compileStoreKey(site, ['cache', ttlMs, staleMs, staleIfErrorMs, override])
  }

  async look(request: CallRequest): Promise<Question> {
    const key = { ...this.#keyOf(request), uri: uriOf(this.#site, request.path) }
    const looking = this.#store.get(key)
    const { response, generation } = looking instanceof Promise ? await looking : looking
    return { request, key, generation, entry: response && this.#restore(response) }
  }

  /** Keeps an answer, if it may be kept and there is any use in it. */
  keep(question: Question, { status, headers, body, redirects }: LayerResponse, tookMs: number): boolean {
    const isStorable = mayBeStored(this.#sharing, question.request, { status, headers, redirects })
    return isStorable && this.#put(question, { status, headers, bytes: body?.bytes }, tookMs, redirects)
  }

  /** Takes what a 304 says over into the kept answer (RFC 9111 section 4.3.4); undefined when it is about another one. */
  confirm(question: Question, { stored, body }: CacheEntry, answer: LayerResponse, tookMs: number) {
    const headers = updateHeaders(stored.headers, answer.headers)
    if (!headers) return undefined
    const { status, bytes } = stored
    const isKept =
      mayBeStored(this.#sharing, question.request, { status, headers, redirects: answer.redirects }) &&
      answer.source === 'live' &&
      this.#put(question, { status, headers, bytes }, tookMs, answer.redirects)
    return { response: { status, headers, body }, isKept }
  }

  forget({ key }: Question): void {
    void this.#store.purge({ kind: 'entry', digest: key.digest })
  }

  #put(
    question: Question,
    answer: Pick<StoredResponse, 'status' | 'headers' | 'bytes'>,
    tookMs: number,
    redirects: LayerResponse['redirects'] = [],
  ): boolean {
    const { headers } = answer
    const storedAt = this.#clock.epoch()
    const lifetimes = [headers, ...redirects]
      .map((each) => lifetimesOf(this.#policy, each, tookMs, storedAt))
      .reduce(shorter)
    const hasValidator = headers['etag'] !== undefined || headers['last-modified'] !== undefined
    const { freshMs, staleMs, staleIfErrorMs } = lifetimes
    const keepMs = freshMs + Math.max(staleMs, staleIfErrorMs, hasValidator ? keptForValidationMs : 0)
    if (keepMs <= 0) return false
    this.#store.set(question.key, { ...answer, storedAt, lifetimes }, keepMs, question.generation)
    return true
  }

  /** Undefined too for what another site kept that is content with less. */
  #restore(stored: StoredResponse): CacheEntry | undefined {
    const { status, headers, bytes, storedAt, lifetimes } = stored
    if (!lifetimes || !this.#site.isSuccess(status)) return undefined
    const body = restoreBody(this.#site, bytes, headers)
    if (!this.#site.isUsable(body, status)) return undefined
    const leftMs = lifetimes.freshMs - (this.#clock.epoch() - storedAt)
    return {
      stored,
      body,
      leftMs,
      staleLeftMs: leftMs + lifetimes.staleMs,
      staleIfErrorLeftMs: leftMs + lifetimes.staleIfErrorMs,
    }
  }
}

function shorter(one: Lifetimes, other: Lifetimes): Lifetimes {
  return {
    freshMs: Math.min(one.freshMs, other.freshMs),
    staleMs: Math.min(one.staleMs, other.staleMs),
    staleIfErrorMs: Math.min(one.staleIfErrorMs, other.staleIfErrorMs),
  }
}
