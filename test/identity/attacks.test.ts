import { createHmac } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { exportJWK, exportSPKI, importJWK } from 'jose'
import { bearer, startGuarded } from '../support/guarded.ts'
import { type Issuer, makeKey, startIssuer } from '../support/issuer.ts'

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A token whose parts are anybody's. */
function forge(header: unknown, claims: unknown, signature: string | Buffer = ''): string {
  return `${encode(header)}.${encode(claims)}.${Buffer.from(signature).toString('base64url')}`
}

function claimsOf({ url }: Issuer, more: Record<string, unknown> = {}) {
  return { iss: url, aud: 'shop', sub: 'admin', exp: Math.floor(Date.now() / 1000) + 60, ...more }
}

function hs256(header: Record<string, unknown>, claims: unknown, secret: string | Buffer): string {
  const text = `${encode({ alg: 'HS256', ...header })}.${encode(claims)}`
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`
}

/** Tokens that RFC 8725 and PortSwigger's labs on JWT attacks make, by what they try. */
const attacks: Record<string, (issuer: Issuer) => string | Promise<string>> = {
  'no signature, by alg none': (issuer) => forge({ alg: 'none' }, claimsOf(issuer), 'x'),
  'no signature, by alg nOnE': (issuer) => forge({ alg: 'nOnE' }, claimsOf(issuer), 'x'),
  'no signature, with an empty part': (issuer) => forge({ alg: 'none' }, claimsOf(issuer)),
  'the signature of another token': async (issuer) => {
    const [header, , signature] = (await issuer.sign()).split('.')
    return `${header}.${encode(claimsOf(issuer))}.${signature}`
  },
  'the public key as a secret, as PEM': async (issuer) => {
    const key = await issuer.rotate({ alg: 'RS256' })
    const pem = await exportSPKI((await importJWK(key.publicJwk, 'RS256', { extractable: true })) as never)
    return hs256({ kid: key.kid }, claimsOf(issuer), pem)
  },
  'the public key as a secret, as JWK': (issuer) =>
    hs256({ kid: 'k1' }, claimsOf(issuer), JSON.stringify(issuer.keys[0])),
  'an empty secret, by a kid that leads to no file': (issuer) =>
    hs256({ kid: '../../../../../../../dev/null' }, claimsOf(issuer), ''),
  'a zero byte as a secret': (issuer) => hs256({ kid: '../../../dev/null' }, claimsOf(issuer), Buffer.from([0])),
  'a kid that is SQL': (issuer) => hs256({ kid: "x' UNION SELECT 'secret' -- " }, claimsOf(issuer), 'secret'),
  'a kid that is __proto__': (issuer) =>
    issuer.sign({}, { kid: '__proto__' }, undefined).then((token) => token.replace(/.$/, '')),
  'a kid that is a list': (issuer) => forge({ alg: 'ES256', kid: ['k1'] }, claimsOf(issuer), Buffer.alloc(64, 1)),
  'a key of its own, in the header (jwk)': async (issuer) => {
    const key = await makeKey()
    return issuer.sign({}, { jwk: key.publicJwk }, key)
  },
  'keys of its own, by a URL (jku)': async (issuer) => {
    const other = await startIssuer()
    const key = await other.rotate()
    return issuer.sign({}, { jku: `${other.url}/keys`, kid: key.kid }, key)
  },
  'a certificate of its own, by a URL (x5u)': async (issuer) =>
    issuer.sign({}, { x5u: 'https://evil.example/cert.pem' }, await makeKey('ES256', 'evil')),
  'a certificate of its own (x5c)': async (issuer) =>
    issuer.sign({}, { x5c: ['MIIB'] }, await makeKey('ES256', 'evil')),
  'a critical header that nobody knows': (issuer) =>
    forge({ alg: 'ES256', kid: 'k1', crit: ['exp-proof'], 'exp-proof': 1 }, claimsOf(issuer), Buffer.alloc(64, 1)),
  'a payload that is not encoded (b64)': (issuer) =>
    forge({ alg: 'ES256', kid: 'k1', crit: ['b64'], b64: false }, claimsOf(issuer), Buffer.alloc(64, 1)),
  'an audience of somebody else': (issuer) => issuer.sign({ aud: 'bank' }),
  'no audience': (issuer) => issuer.sign({ aud: undefined as never }),
  'another issuer': (issuer) => issuer.sign({ iss: 'https://evil.example' }),
  'an issuer with a slash more': (issuer) => issuer.sign({ iss: `${issuer.url}/` }),
  'an end that has come': (issuer) => issuer.sign({ exp: Math.floor(Date.now() / 1000) - 31 }),
  'no end': (issuer) => issuer.sign({ exp: undefined as never }),
  'an end that is text': (issuer) => issuer.sign({ exp: '9999999999' as never }),
  'a beginning to come': (issuer) => issuer.sign({ nbf: Math.floor(Date.now() / 1000) + 60 }),
  'a type for something else': (issuer) => issuer.sign({}, { typ: 'logout+jwt' }),
  'a signature (0, 0) of ECDSA': (issuer) => forge({ alg: 'ES256', kid: 'k1' }, claimsOf(issuer), Buffer.alloc(64)),
  'a signature of ECDSA in DER': (issuer) =>
    forge({ alg: 'ES256', kid: 'k1' }, claimsOf(issuer), Buffer.from('3006020100020100', 'hex')),
  'an algorithm that is not listed': async (issuer) => issuer.sign({}, {}, await issuer.rotate({ alg: 'ES384' })),
  'a key of another algorithm': (issuer) => forge({ alg: 'RS256', kid: 'k1' }, claimsOf(issuer), Buffer.alloc(256, 1)),
  'a token in a token': async (issuer) =>
    forge({ alg: 'ES256', kid: 'k1', cty: 'JWT' }, await issuer.sign(), Buffer.alloc(64, 1)),
  'an encrypted token': () => `${encode({ alg: 'dir', enc: 'A256GCM' })}..aaaa.bbbb.cccc`,
  'blanks inside': async (issuer) => (await issuer.sign()).replace('.', '. '),
  'a blank in front': async (issuer) => ` ${await issuer.sign()}`,
  'padding behind': async (issuer) => `${await issuer.sign()}=`,
  'the other alphabet of base64': async (issuer) => (await issuer.sign({ n: '???>>>' })).replace(/-|_/g, '+'),
  'a part more': async (issuer) => `${await issuer.sign()}.x`,
  'no JSON': () => `${Buffer.from('{').toString('base64url')}.e30.eA`,
  'claims that are a list': (issuer) => forge({ alg: 'ES256', kid: 'k1' }, [claimsOf(issuer)], Buffer.alloc(64, 1)),
  'nothing at all': () => '',
  'more than any token': () => `${'a'.repeat(4000)}.${'b'.repeat(4000)}.${'c'.repeat(1000)}`,
}

test.each(Object.entries(attacks))('refuses %s', async (_name, make) => {
  const issuer = await startIssuer()
  const good = await issuer.sign()
  const token = await make(issuer)
  const { askWith } = await startGuarded(issuer)
  const { status, body } = await askWith(token)
  expect({ status, code: body.code }).toEqual({ status: 401, code: 'unauthenticated' })
  expect((await askWith(good)).status).toBe(200)
})

test('keys of a set with which whoever reads it could sign are not believed', async () => {
  const issuer = await startIssuer()
  const secret = Buffer.alloc(32, 7)
  issuer.keys.push({ kty: 'oct', kid: 'sym', k: secret.toString('base64url'), alg: 'HS256' })
  const { askWith } = await startGuarded(issuer)
  expect((await askWith(hs256({ kid: 'sym' }, claimsOf(issuer), secret))).status).toBe(401)
})

test('a weak key of RSA is not believed', async () => {
  const issuer = await startIssuer()
  const { generateKeyPairSync } = await import('node:crypto')
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
  issuer.keys.push({ ...(await exportJWK(publicKey)), kid: 'weak', alg: 'RS256' })
  const { askWith } = await startGuarded(issuer)
  expect((await askWith(forge({ alg: 'RS256', kid: 'weak' }, claimsOf(issuer), Buffer.alloc(128, 1)))).status).toBe(401)
})

test('of a claim that stands twice the last one counts, for every reader of ours', async () => {
  const issuer = await startIssuer()
  const { askWith } = await startGuarded(issuer)
  const { CompactSign } = await import('jose')
  const key = await issuer.rotate()
  const text = JSON.stringify(claimsOf(issuer)).replace('"sub":"admin"', '"sub":"admin","sub":"guest"')
  const token = await new CompactSign(Buffer.from(text))
    .setProtectedHeader({ alg: 'ES256', kid: key.kid })
    .sign(key.privateKey)
  expect((await askWith(token)).body.user).toBe('guest')
})

test('a token that is longer than any costs no look at it, nor does one that a header cannot hold', async () => {
  const issuer = await startIssuer()
  const { askWith, lines } = await startGuarded(issuer)
  expect((await askWith('a'.repeat(9000))).status).toBe(401)
  expect(lines.join('')).toContain('it is no token')
  expect((await askWith('a'.repeat(30_000))).status).toBe(431)
})

test('a secret is for HS256 alone, and keys are for no secret', async () => {
  const issuer = await startIssuer()
  const secret = 'correct horse battery staple, twice'
  const { askWith } = await startGuarded({
    jwt: `{ jwt: { issuer: '${issuer.url}', audience: shop, secret: '${secret}' } }`,
  })
  expect((await askWith(hs256({}, claimsOf(issuer), secret))).status).toBe(200)
  expect((await askWith(hs256({ alg: 'none' }, claimsOf(issuer), secret))).status).toBe(401)
  expect((await askWith(hs256({}, claimsOf(issuer), 'another'))).status).toBe(401)
  expect((await askWith(await issuer.sign())).status).toBe(401)
})

test('who guesses too often waits, whatever he brings, and others do not', async () => {
  const issuer = await startIssuer()
  const { ask, askWith } = await startGuarded(issuer, {
    gateway: `trustedProxies: [loopback]\nauth: { user: ${issuer.jwt} }\ndefaults: { auth: user, authFailures: 3/h }`,
  })
  const from = (ip: string, token: string) => ask('/who', { ...bearer(token), 'x-forwarded-for': ip })
  const good = await issuer.sign()
  for (let time = 0; time < 3; time++) expect((await from('192.0.2.1', `bad${time}`)).status).toBe(401)
  const late = await from('192.0.2.1', good)
  expect(late).toMatchObject({ status: 429, body: { code: 'rate-limited' } })
  expect(Number(late.headers.get('retry-after'))).toBeGreaterThan(1000)
  expect((await from('192.0.2.2', good)).status).toBe(200)
  expect((await askWith(good)).status).toBe(200)
})
