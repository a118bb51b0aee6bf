import type { CallResponse } from '../call.ts'

/** A backend's good answer, kept for a `lastGood` fallback. */
export interface StoredResponse {
  readonly status: number
  readonly headers: CallResponse['headers']
  /** The body's JSON text: each reader parses a copy of its own. */
  readonly text: string | undefined
  /** Milliseconds since the Unix epoch. */
  readonly storedAt: number
}

/** Keeps last good answers. May lose any of them at any time; never throws. */
export interface ResponseStore {
  get(key: string): StoredResponse | undefined | Promise<StoredResponse | undefined>
  set(key: string, response: StoredResponse): void
}

export interface StoreKind {
  readonly name: string
  readonly summary: string
  open(options: { readonly maxBytes: number }): ResponseStore
}
