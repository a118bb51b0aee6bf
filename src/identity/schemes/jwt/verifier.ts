import type { CryptoKey, JWTPayload, JWTVerifyGetKey, JWTVerifyOptions } from 'jose'
import { textNow } from '../../../environment.ts'
import { isCompact, issuerOf } from '../../compact-token.ts'
import { denied, type Identity, identify, type Verdict } from '../../identity.ts'
import { type Fetched, IssuerDocument, IssuerUnavailable } from '../../issuer-document.ts'
import type { SchemeParts, Verifier } from '../../scheme.ts'
import { VerdictCache } from '../../verdict-cache.ts'
import { compileFetch, type KeyDocument, readKeys } from './key-source.ts'
import { type JwtSettings, leastSecretBytes } from './shape.ts'

/** Of a token that is for a gateway; what is typed otherwise is for somebody else (RFC 8725 section 3.11). */
const plainTypes: ReadonlySet<unknown> = new Set([undefined, 'jwt', 'at+jwt'])
/** Keys that are tried for a token that names none. */
const mostCandidates = 5

type Jose = typeof import('jose')

/** Verifies tokens; good ones are known until they, or the keys, are so no longer. */
export function openJwt(settings: JwtSettings, parts: SchemeParts): Verifier {
  const cache = new VerdictCache()
  const { clock } = parts
  const jose = import('jose')
  const by =
    settings.secret === undefined ? byKeys(settings, parts, cache, jose) : bySecret(settings, cache, clock, jose)

  async function verify(token: string): Promise<Verdict> {
    if (!isCompact(token)) return denied('it is no token')
    try {
      const { payload, protectedHeader, madeWith } = await by.check(token)
      const { typ } = protectedHeader
      const type = typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : typ
      if (settings.type === undefined && !plainTypes.has(type)) return denied('it is a token of another type')
      const identity = identityOf(payload, parts.scheme, settings)
      // Keys that were taken back meanwhile leave nothing behind.
      if (by.current() === madeWith) cache.set(token, identity, identity.expiresMs! + settings.clockSkew)
      return identity
    } catch (thrown) {
      if (thrown instanceof IssuerUnavailable)
        return { kind: 'unavailable', reason: thrown.message, retryAfter: thrown.retryAfter }
      return denied(reasonOf(thrown))
    }
  }

  return {
    known: (token) => (by.isUsable() ? cache.get(token, clock.epoch()) : undefined),
    takes: (token) => issuerOf(token) === settings.issuer,
    verify,
  }
}

interface Check {
  /** Whether what was verified before still holds. */
  isUsable(): boolean
  /** Tells the keys that hold now from those before. */
  current(): unknown
  check(token: string): Promise<{ payload: JWTPayload; protectedHeader: { typ?: unknown }; madeWith: unknown }>
}

function byKeys(settings: JwtSettings, parts: SchemeParts, cache: VerdictCache, loading: Promise<Jose>): Check {
  const { clock, scheme, notify, file } = parts
  const fetch = compileFetch(settings, clock)
  const first = fetch ? undefined : readKeys(file)
  const compile = async (document: KeyDocument) =>
    (await loading).createLocalJWKSet(document as never) as JWTVerifyGetKey<CryptoKey>
  const changed = () => cache.clear()
  const ring = new IssuerDocument({
    what: 'keys',
    fetch,
    first,
    compile,
    refreshMs: settings.refresh,
    clock,
    scheme,
    notify,
    changed,
  })
  return {
    isUsable: () => ring.isUsable,
    current: () => ring.generation,
    async check(token) {
      const { jwtVerify, errors } = await loading
      const options = () => optionsOf(settings, settings.algorithms, clock.epoch())
      const keys = await ring.get()
      const attempt = async ({ made: find, generation: madeWith }: Fetched<JWTVerifyGetKey<CryptoKey>>) => {
        try {
          return { ...(await jwtVerify(token, find, options())), madeWith }
        } catch (thrown) {
          if (!(thrown instanceof errors.JWKSMultipleMatchingKeys)) throw thrown
          let tried = 0
          for await (const key of thrown) {
            if (++tried > mostCandidates) break
            const found = await jwtVerify(token, key, options()).catch((other: unknown) => {
              if (!(other instanceof errors.JWSSignatureVerificationFailed)) throw other
            })
            if (found) return { ...found, madeWith }
          }
          throw new errors.JWSSignatureVerificationFailed()
        }
      }
      try {
        return await attempt(keys)
      } catch (thrown) {
        if (!(thrown instanceof errors.JWKSNoMatchingKey)) throw thrown
        const others = await ring.renew(keys)
        if (!others) throw thrown
        return attempt(others)
      }
    },
  }
}

function bySecret(
  settings: JwtSettings,
  cache: VerdictCache,
  clock: SchemeParts['clock'],
  loading: Promise<Jose>,
): Check {
  const read = () => textNow(settings.secret)!
  let last = read()
  // A file of a secret may change at any time.
  const current = () => {
    const secret = read()
    if (secret !== last) cache.clear()
    last = secret
    return secret
  }
  return {
    isUsable: () => current() !== '',
    current,
    async check(token) {
      const { jwtVerify } = await loading
      const secret = current()
      const bytes = Buffer.from(secret)
      if (bytes.length < leastSecretBytes) throw new IssuerUnavailable('the secret has less than 32 bytes', 1000)
      return { ...(await jwtVerify(token, bytes, optionsOf(settings, ['HS256'], clock.epoch()))), madeWith: secret }
    },
  }
}

function optionsOf(settings: JwtSettings, algorithms: readonly string[], nowMs: number): JWTVerifyOptions {
  const { issuer, audience, clockSkew, type, required } = settings
  return {
    issuer,
    ...(audience !== 'any' && { audience: [audience].flat() }),
    algorithms: [...algorithms],
    clockTolerance: clockSkew / 1000,
    requiredClaims: ['exp', ...required],
    currentDate: new Date(nowMs),
    ...(type !== undefined && { typ: type }),
  }
}

function identityOf(claims: JWTPayload, scheme: string, { issuer, roles }: JwtSettings): Identity {
  return identify({ scheme, issuer, claims, roles, expiresMs: claims.exp! * 1000 })
}

/** jose says what is wrong by codes, and never quotes a token. */
function reasonOf(thrown: unknown): string {
  const { code, claim, reason } = thrown as { code?: unknown; claim?: unknown; reason?: unknown }
  if (typeof code !== 'string') return 'it cannot be verified'
  const told = typeof claim === 'string' && claim !== 'unspecified' ? ` (${claim}: ${String(reason)})` : ''
  return `${code}${told}`
}
