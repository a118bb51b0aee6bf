import type { NameLookups } from './name-lookups.ts'

export interface ResolverOptions {
  readonly lookups: NameLookups
}

/** Finds out where the host of an endpoint's URL can be reached. */
export interface ResolverKind {
  readonly name: string
  readonly summary: string
  accepts(url: URL): boolean
  /**
   * Calls `onAddresses` at once, before it returns, and again whenever the addresses change; never with none. An
   * address is an IP, or the URL's host name as it stands: then connecting resolves it. Gives a function that stops.
   */
  watch(url: URL, options: ResolverOptions, onAddresses: (addresses: readonly string[]) => void): () => void
}
