import type { Clock } from '../../../clock.ts'
import { fetchJson, isSafeOrigin } from '../../fetch-json.ts'
import { isFileName } from '../../scheme.ts'
import type { JwtSettings } from './shape.ts'

/** Public keys of an issuer (RFC 7517). */
export interface KeyDocument {
  readonly keys: readonly Readonly<Record<string, unknown>>[]
}

const mostKeys = 100
/** Members of keys that verify; what of a private key stands beside them is nobody's business here. */
const publicMembers = ['kty', 'kid', 'use', 'key_ops', 'alg', 'crv', 'x', 'y', 'n', 'e']
const asymmetric: ReadonlySet<unknown> = new Set(['RSA', 'EC', 'OKP'])

/**
 * Reads a set of keys, without those that nothing is verified with: symmetric ones above all, which whoever reads the
 * set could sign with.
 * @throws Error where it is none
 */
export function readKeys(value: unknown): KeyDocument {
  const { keys } = (value ?? {}) as { keys?: unknown }
  if (!Array.isArray(keys)) throw new Error('it is no set of keys (RFC 7517)')
  if (keys.length > mostKeys) throw new Error(`it has more than ${mostKeys} keys`)
  const usable = keys
    .filter((key) => typeof key === 'object' && key !== null && asymmetric.has(key.kty))
    .map((key) => Object.fromEntries(publicMembers.flatMap((name) => (name in key ? [[name, key[name]]] : []))))
  if (usable.length === 0) throw new Error('it has no key that signatures are verified with')
  return { keys: usable }
}

/** Where the keys of an issuer come from: undefined where they are there already. */
export function compileFetch({ issuer, jwks }: JwtSettings, clock: Clock): (() => Promise<KeyDocument>) | undefined {
  if (jwks !== undefined) {
    return isFileName(jwks) ? undefined : async () => readKeys(await fetchJson(jwks, clock))
  }
  // OpenID Connect Discovery 1.0, section 4.1.
  const discovery = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  return async () => {
    const found = (await fetchJson(discovery, clock)) as { issuer?: unknown; jwks_uri?: unknown } | null
    if (found?.issuer !== issuer) throw new Error('its discovery is that of another issuer')
    const { jwks_uri: uri } = found
    if (typeof uri !== 'string' || !isSafeOrigin(uri)) throw new Error('its discovery names no safe place of keys')
    return readKeys(await fetchJson(uri, clock))
  }
}
