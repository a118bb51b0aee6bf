import { isSentByBrowser } from './codable.ts'
import type { CompressPolicy } from './compress-shape.ts'
import { type Choice, compileNegotiation } from './negotiate.ts'

/** What a route says of codings, compiled. */
export interface Compression {
  readonly policy: CompressPolicy
  /** Of a body, in bytes. */
  readonly min: number
  /** What a request gets. @param isAmbient whether a browser may have sent by itself what said who asks */
  readonly choose: (headers: Readonly<Record<string, string | undefined>>, isAmbient: boolean) => Choice
}

const plain: Choice = { coding: undefined, takesPlain: true }

/**
 * Compiles it. @param isOwn whether the route says it itself: then answers to those whom a cookie, password or certificate names are
 * compressed as well. @param readsCookies whether cookies tell what it answers
 */
export function compileCompression(policy: CompressPolicy, isOwn: boolean, readsCookies: boolean): Compression {
  const negotiate = compileNegotiation(policy.encodings)
  return {
    policy,
    min: policy.min,
    choose(headers, isAmbient) {
      if (!isOwn && (isAmbient || isSentByBrowser(headers, readsCookies))) return plain
      return negotiate(headers['accept-encoding'])
    },
  }
}
