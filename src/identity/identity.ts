/** Who a request is of, as a scheme has found out: made once for a credential, and never changed. */
export interface Identity {
  readonly kind: 'identity'
  /** The name of the scheme. */
  readonly scheme: string
  /** Whoever vouches for it; undefined where the gateway's own files do. */
  readonly issuer: string | undefined
  readonly subject: string | undefined
  /** Tells users apart wherever something is kept for one of them: the same subject of two issuers are two. */
  readonly owner: string
  /** What was signed, or stands in a file. */
  readonly claims: Claims
  /** What routes read as `auth`. */
  readonly auth: AuthFacts
  /** Milliseconds since the epoch after which it holds no more; undefined: it does not end. */
  readonly expiresMs: number | undefined
}

export type Claims = Readonly<Record<string, unknown>>

/** `auth.*` of a route: what the gateway itself says of who asks. */
export interface AuthFacts {
  readonly scheme: string
  readonly subject?: string
  readonly scopes: readonly string[]
  readonly roles: readonly string[]
  /** Seconds since the epoch, as `exp` is. */
  readonly expires?: number
}

/** A credential that is none: 401. */
export interface Denial {
  readonly kind: 'denied'
  /** For the log; never for the client. */
  readonly reason: string
  /** Who was asked has said so himself, and it is handed on. */
  readonly said?: { readonly status: 401 | 403; readonly challenge: string | undefined }
}

/** Nobody can tell whether the credential is good: 503. */
export interface Doubt {
  readonly kind: 'unavailable'
  readonly reason: string
  /** Seconds until it is worth asking again. */
  readonly retryAfter: number
}

export type Verdict = Identity | Denial | Doubt

export const denied = (reason: string): Denial => ({ kind: 'denied', reason })

export interface IdentityParts {
  readonly scheme: string
  readonly issuer?: string | undefined
  readonly claims: Claims
  /** Where the roles stand in the claims; `roles` unless given. */
  readonly roles?: string | undefined
  readonly expiresMs?: number | undefined
}

/** Makes an identity of claims. */
export function identify({ scheme, issuer, claims, roles, expiresMs }: IdentityParts): Identity {
  const subject = textOf(claims['sub'])
  const auth: AuthFacts = {
    scheme,
    ...(subject !== undefined && { subject }),
    scopes: listOf(claims['scope'] ?? claims['scp']),
    roles: listOf(findClaim(claims, roles ?? 'roles')),
    ...(expiresMs !== undefined && { expires: expiresMs / 1000 }),
  }
  const owner = JSON.stringify([scheme, issuer ?? null])
  return { kind: 'identity', scheme, issuer, subject, owner, claims, auth, expiresMs }
}

/** A claim by its whole name, else by a path of names: `https://x/roles`, `realm_access.roles`. */
export function findClaim(claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name]
  return name.split('.').reduce<unknown>((value, key) => {
    const isOwner = typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    return isOwner ? (value as Claims)[key] : undefined
  }, claims)
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** Texts of a list, or of one text with blanks between them (RFC 6749 section 3.3). */
function listOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.split(' ').filter((text) => text !== '')
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
}
