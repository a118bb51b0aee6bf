import type { LiveText } from '../environment.ts'

/** How long an answer may be used, from the moment it was received. */
export interface Lifetimes {
  /** It is fresh. */
  readonly freshMs: number
  /** After that: it is answered while a newer one is fetched. */
  readonly staleMs: number
  /** After it was fresh: it stands in for a failure. */
  readonly staleIfErrorMs: number
}

/** A good answer, kept for a cache or a `lastGood` fallback. */
export interface StoredResponse {
  readonly status: number
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | string[]>>
  /** The body as it came, any content coding undone, which nobody changes: each reader makes a value of its own. */
  readonly bytes: Uint8Array | undefined
  /** Milliseconds since the Unix epoch. */
  readonly storedAt: number
  /** From `storedAt` on; undefined for a last good answer, whose reader says how old it may be. */
  readonly lifetimes?: Lifetimes | undefined
}

/** Names one entry: what it belongs to, so that it can be purged, and the digest of the request it answers. */
export interface StoreKey {
  /** Empty for whole answers of a route. */
  readonly service: string
  /** Of a service its operation; else the route's name. */
  readonly operation: string
  readonly digest: string
  /** The URI that was asked for, of which it is forgotten when something changes there; undefined where it is not. */
  readonly uri?: string | undefined
}

/** What was found, and when: a generation that a purge ends. */
export interface Lookup {
  readonly response: StoredResponse | undefined
  /** Handed to `set` with the answer that was fetched upon this lookup, so that a purge meanwhile holds for it too. */
  readonly generation: string
}

/** What is to be forgotten: everything, a service or one operation of it, one entry, or a URI. */
export type PurgeTarget =
  | { readonly kind: 'all' }
  | { readonly kind: 'service'; readonly service: string; readonly operation: string | undefined }
  | { readonly kind: 'entry'; readonly digest: string }
  | { readonly kind: 'uri'; readonly uri: string }

/**
 * Keeps good answers. May lose any of them at any time; never throws or rejects, and answers within some tens of
 * milliseconds. A new kind of store is one file that fulfils this.
 */
export interface ResponseStore {
  get(key: StoreKey): Lookup | Promise<Lookup>
  /** Keeps an answer for `keepMs`. Without a generation it is one that no lookup preceded. */
  set(key: StoreKey, response: StoredResponse, keepMs: number, generation?: string): void
  /** Resolves to false when it could not be done: then what was to go may still be found. */
  purge(target: PurgeTarget): Promise<boolean>
  close(): Promise<void>
}

/** Where answers are kept, as the gateway's file has it. */
export type StoreTarget =
  | { readonly kind: 'memory'; readonly maxBytes: number }
  | { readonly kind: 'redis'; readonly url: LiveText }

/** Told of what goes on in a store. Nothing here may throw or wait. */
export interface StoreObserver {
  /** What a store in memory holds now. */
  size(bytes: number, entries: number): void
  /** An entry had to go for a newer one. */
  evicted(): void
  /** The store could not be asked, so it was as if it held nothing. */
  failed(): void
  warn(message: string): void
}

export const unobserved: StoreObserver = { size() {}, evicted() {}, failed() {}, warn() {} }

export interface StoreKind {
  readonly name: string
  readonly summary: string
  open(target: StoreTarget, epoch: () => number, observer: StoreObserver): ResponseStore
}
