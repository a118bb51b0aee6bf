/** The directives of a response that a shared cache goes by (RFC 9111 section 5.2.2, RFC 5861); times in seconds. */
export interface CacheControl {
  readonly noStore: boolean
  readonly private: boolean
  readonly noCache: boolean
  /** `must-revalidate` or `proxy-revalidate`. */
  readonly mustRevalidate: boolean
  readonly maxAge: number | undefined
  readonly sMaxAge: number | undefined
  readonly staleWhileRevalidate: number | undefined
  readonly staleIfError: number | undefined
}

/** A directive's name, and its value as a token or in quotes. */
const directive = /([!#$%&'*+.^_`|~0-9A-Za-z-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,;"]*)))?/g
/** An answer that says more than so many things is not kept. */
const mostDirectives = 1000
/** What is larger is as good as for ever (RFC 9111 section 1.2.2). */
export const mostSeconds = 2 ** 31

/** What most answers say. */
const nothing: CacheControl = {
  noStore: false,
  private: false,
  noCache: false,
  mustRevalidate: false,
  maxAge: undefined,
  sMaxAge: undefined,
  staleWhileRevalidate: undefined,
  staleIfError: undefined,
}

/**
 * Reads a `Cache-Control`. Of a directive that comes twice the first holds; a time that is none is 0, so that the
 * answer is taken as stale rather than kept too long (RFC 9111 section 4.2.1). A `private` or `no-cache` that names
 * fields counts for all of the answer.
 */
export function parseCacheControl(header: string | string[] | undefined): CacheControl {
  if (header === undefined) return nothing
  const found = new Map<string, string | undefined>()
  let left = mostDirectives
  for (const [, name, quoted, token] of String(header).matchAll(directive)) {
    if (left-- === 0) return { ...nothing, noStore: true }
    const key = name!.toLowerCase()
    if (!found.has(key)) found.set(key, quoted ?? token)
  }
  const seconds = (name: string) => (found.has(name) ? parseSeconds(found.get(name)) : undefined)
  return {
    noStore: found.has('no-store'),
    private: found.has('private'),
    noCache: found.has('no-cache'),
    mustRevalidate: found.has('must-revalidate') || found.has('proxy-revalidate'),
    maxAge: seconds('max-age'),
    sMaxAge: seconds('s-maxage'),
    staleWhileRevalidate: seconds('stale-while-revalidate'),
    staleIfError: seconds('stale-if-error'),
  }
}

type Headers = Readonly<Record<string, string | string[]>>

/** Whether an answer speaks to caches like this one by themselves (RFC 9213): then nothing else that it says counts. */
export function isTargeted({ 'cdn-cache-control': targeted }: Headers): boolean {
  return targeted !== undefined && String(targeted).trim() !== ''
}

/** What an answer says of caching to a cache between it and its client. */
export function controlOf(headers: Headers): CacheControl {
  return parseCacheControl(headers[isTargeted(headers) ? 'cdn-cache-control' : 'cache-control'])
}

/** Delta-seconds; 0 for anything else. */
function parseSeconds(text: string | undefined): number {
  return text !== undefined && /^\d+$/.test(text) ? Math.min(Number(text), mostSeconds) : 0
}
