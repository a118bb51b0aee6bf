import { generateKeyPairSync, sign } from 'node:crypto'

export const issuer = 'https://id.example.com/'
export const audience = 'shop'

const makers = {
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  RS256: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
} as const

/** A token that is good for a day, and the set of keys that it is verified with. */
export function makeToken(alg: keyof typeof makers): { readonly token: string; readonly keys: object } {
  const { publicKey, privateKey } = makers[alg]()
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const exp = Math.floor(Date.now() / 1000) + 86_400
  const claims = { iss: issuer, aud: audience, sub: 'u-1001', exp, scope: 'home:read', roles: ['member'] }
  const signed = `${encode({ alg, typ: 'JWT', kid: 'k1' })}.${encode(claims)}`
  const signature = sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' })
  return {
    token: `${signed}.${signature.toString('base64url')}`,
    keys: { keys: [{ ...publicKey.export({ format: 'jwk' }), alg, use: 'sig', kid: 'k1' }] },
  }
}
