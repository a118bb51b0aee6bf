import { createPrivateKey, type KeyObject, randomUUID, sign } from 'node:crypto'

const lifeSeconds = 60

interface Assertion {
  readonly clientId: string
  /** The token server. */
  readonly audience: string
  readonly epochMs: number
}

/**
 * A proof of who asks, signed with a key (RFC 7523 section 2.2).
 * @throws Error for a key that cannot sign it
 */
export function signAssertion(pem: string, { clientId, audience, epochMs }: Assertion): string {
  const { key, algorithm, digest } = readKey(pem)
  const iat = Math.floor(epochMs / 1000)
  const header = { alg: algorithm, typ: 'JWT' }
  const claims = { iss: clientId, sub: clientId, aud: audience, jti: randomUUID(), iat, exp: iat + lifeSeconds }
  const signed = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  const signature = sign(digest, Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' })
  return `${signed}.${signature.toString('base64url')}`
}

/** What is wrong with a key, if anything. */
export function faultOfKey(pem: string): string | undefined {
  try {
    readKey(pem)
    return undefined
  } catch {
    return 'it holds no private key (PEM) of RSA, P-256 or Ed25519'
  }
}

function readKey(pem: string): { key: KeyObject; algorithm: string; digest: string | null } {
  const key = createPrivateKey(pem)
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key
  if (type === 'rsa') return { key, algorithm: 'RS256', digest: 'sha256' }
  if (type === 'ec' && details?.namedCurve === 'prime256v1') return { key, algorithm: 'ES256', digest: 'sha256' }
  if (type === 'ed25519') return { key, algorithm: 'EdDSA', digest: null }
  throw new Error(`a key of ${type} cannot sign`)
}
