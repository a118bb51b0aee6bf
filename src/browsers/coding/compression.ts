import { isSentByBrowser } from './codable.ts'
import type { CompressPolicy } from './compress-shape.ts'
import { type Choice, compileNegotiation } from './negotiate.ts'

/** What a route says of codings, compiled. */
export interface Compression {
  readonly policy: CompressPolicy
  /** Of a body, in bytes. */
  readonly min: number
  /** What a request gets. */
  readonly choose: (headers: Readonly<Record<string, string | undefined>>) => Choice
}

const plain: Choice = { coding: undefined, takesPlain: true }

/**
 * Compiles it. @param isOwn whether the route says it itself: then answers to those whom a cookie or password names are
 * compressed as well. @param readsCookies whether cookies tell what it answers
 */
export function compileCompression(policy: CompressPolicy, isOwn: boolean, readsCookies: boolean): Compression {
  const negotiate = compileNegotiation(policy.encodings)
  return {
    policy,
    min: policy.min,
    choose(headers) {
      if (!isOwn && isSentByBrowser(headers, readsCookies)) return plain
      return negotiate(headers['accept-encoding'])
    },
  }
}
