import { generateKeyPairSync, sign } from 'node:crypto'

const kid = 'demo'
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })

/** What tokens are verified with (RFC 7517). */
export const keys = { keys: [{ ...publicKey.export({ format: 'jwk' }), kid, alg: 'ES256', use: 'sig' }] }

/** A token that holds `seconds` (RFC 7519), signed with ES256. */
export function signToken(typ: string, claims: Readonly<Record<string, unknown>>, seconds: number): string {
  const now = Math.floor(Date.now() / 1000)
  const signed = [
    { alg: 'ES256', kid, typ },
    { ...claims, iat: now, exp: now + seconds },
  ]
    .map(encode)
    .join('.')
  const signature = sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' })
  return `${signed}.${signature.toString('base64url')}`
}

function encode(part: unknown): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}
