/** Longer ones are none: no issuer signs them, and they cost more to look at than they are worth. */
export const mostCharacters = 8192
/** Three parts, each of them there: neither encrypted nor with anything around it (RFC 7515 section 3.1). */
const compact = /^[\w-]+\.[\w-]+\.[\w-]+$/

/** Whether a text may be a signed token, by its form. */
export function isCompact(text: string): boolean {
  return text.length <= mostCharacters && compact.test(text)
}

/** Whether a text is a token that somebody signed, of which nothing is verified: its header says by which algorithm. */
export function isJwt(text: string): boolean {
  return isCompact(text) && typeof partOf(text, 0)?.['alg'] === 'string'
}

/** Who a token says that it is of, of which nothing is verified: it only tells whose turn it is to look. */
export function issuerOf(text: string): unknown {
  return isCompact(text) ? partOf(text, 1)?.['iss'] : undefined
}

function partOf(text: string, at: number): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(Buffer.from(text.split('.')[at]!, 'base64url').toString()) ?? undefined
  } catch {
    return undefined
  }
}
