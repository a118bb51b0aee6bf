import type { IncomingMessage, ServerResponse } from 'node:http'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { opened } from './cleanup.ts'
import type { FakeClock } from './fake-clock.ts'
import { startHttpServer } from './servers.ts'

type Answer = (request: IncomingMessage, response: ServerResponse) => void

/** Who signs tokens: its keys can be found by discovery, changed, and taken away. */
export interface Issuer {
  readonly url: string
  /** What a scheme says of it, in the gateway's file. */
  readonly jwt: string
  /** How often its keys were asked for. */
  readonly fetches: () => number
  /** Public keys as they are given out. */
  keys: Record<string, unknown>[]
  /** In place of what it would answer for its keys. */
  answer: Answer | undefined
  /** A token of the user `u1` for `shop` that holds a minute. */
  sign(claims?: JWTPayload, header?: Record<string, unknown>, key?: SigningKey): Promise<string>
  /** Another key, which signs from now on; it is given out unless it is kept back. */
  rotate(options?: { readonly alg?: string; readonly kid?: string; readonly isKeptBack?: boolean }): Promise<SigningKey>
}

export interface SigningKey {
  readonly kid: string
  readonly alg: string
  readonly privateKey: Parameters<SignJWT['sign']>[0]
  readonly publicJwk: Record<string, unknown>
}

export async function makeKey(alg = 'ES256', kid = 'k1'): Promise<SigningKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true })
  return { kid, alg, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } }
}

/** @param clock in whose time tokens are made; the machine's unless given */
export async function startIssuer(clock?: FakeClock): Promise<Issuer> {
  let key = await makeKey()
  let count = 0
  let rotations = 1
  const server = await opened(
    startHttpServer((request, response) => {
      if (request.url === '/.well-known/openid-configuration') {
        response.end(JSON.stringify({ issuer: issuer.url, jwks_uri: `${issuer.url}/keys` }))
        return
      }
      count += 1
      if (issuer.answer) issuer.answer(request, response)
      else response.end(JSON.stringify({ keys: issuer.keys }))
    }),
  )
  const issuer: Issuer = {
    url: server.url,
    jwt: `{ jwt: { issuer: '${server.url}', audience: shop } }`,
    fetches: () => count,
    keys: [key.publicJwk],
    answer: undefined,
    sign(claims = {}, header = {}, by = key) {
      const now = Math.floor((clock ? clock.epoch() : Date.now()) / 1000)
      const payload = { iss: server.url, aud: 'shop', sub: 'u1', exp: now + 60, ...claims }
      const token = new SignJWT(JSON.parse(JSON.stringify(payload)))
      return token.setProtectedHeader({ alg: by.alg, kid: by.kid, ...header }).sign(by.privateKey)
    },
    async rotate({ alg = 'ES256', kid, isKeptBack = false } = {}) {
      rotations += 1
      key = await makeKey(alg, kid ?? `k${rotations}`)
      if (!isKeptBack) issuer.keys.push(key.publicJwk)
      return key
    },
  }
  return issuer
}
