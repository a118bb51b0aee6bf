import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type JWTPayload, SignJWT } from 'jose'
import { opened } from './cleanup.ts'
import type { FakeClock } from './fake-clock.ts'
import { makeKey, type SigningKey } from './issuer.ts'
import { startHttpServer } from './servers.ts'

/** An issuer of OpenID Connect at which whoever comes is signed in at once. */
export interface Provider {
  readonly url: string
  /** What it says of whoever signs in next. */
  claims: JWTPayload
  /** What signs; another one than what is given out is a fault of it. */
  key: SigningKey
  /** In place of what it would answer at a path. */
  readonly answers: Map<string, (request: IncomingMessage, response: ServerResponse) => void>
  /** Requests of tokens, as forms. */
  readonly redeemed: URLSearchParams[]
  /** Whether it knows how to sign people out. */
  signsOut: boolean
}

interface Code {
  readonly nonce: string
  readonly challenge: string
  readonly redirectUri: string
}

/** @param clock in whose time tokens are made; the machine's unless given */
export async function startProvider(clock?: FakeClock): Promise<Provider> {
  const codes = new Map<string, Code>()
  const key = await makeKey()
  const published = key.publicJwk
  const send = (response: ServerResponse, status: number, body: unknown) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))

  const authorize = ({ searchParams: asked }: URL, response: ServerResponse) => {
    const code = `c${codes.size + 1}-${Math.random()}`
    const [redirectUri, challenge] = [asked.get('redirect_uri')!, asked.get('code_challenge')!]
    codes.set(code, { nonce: asked.get('nonce')!, challenge, redirectUri })
    const back = new URL(redirectUri)
    back.searchParams.set('code', code)
    back.searchParams.set('state', asked.get('state')!)
    response.writeHead(302, { location: back.href }).end()
  }

  const redeem = async (request: IncomingMessage, response: ServerResponse) => {
    let text = ''
    for await (const piece of request) text += piece
    const form = new URLSearchParams(text)
    provider.redeemed.push(form)
    const code = codes.get(form.get('code') ?? '')
    codes.delete(form.get('code') ?? '')
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url')
    const isGood = code && code.challenge === challenge && code.redirectUri === form.get('redirect_uri')
    if (!isGood) return send(response, 400, { error: 'invalid_grant' })
    if (request.headers.authorization !== `Basic ${Buffer.from('tessera:s3cret').toString('base64')}`)
      return send(response, 401, { error: 'invalid_client' })
    const now = Math.floor((clock ? clock.epoch() : Date.now()) / 1000)
    const claims = { iss: provider.url, aud: 'tessera', sub: 'mei', iat: now, exp: now + 60, nonce: code.nonce }
    const token = new SignJWT(JSON.parse(JSON.stringify({ ...claims, ...provider.claims })))
    const { alg, kid, privateKey } = provider.key
    const idToken = await token.setProtectedHeader({ alg, kid }).sign(privateKey)
    send(response, 200, { access_token: 'a', token_type: 'Bearer', id_token: idToken })
  }

  const server = await opened(
    startHttpServer((request, response) => {
      const url = new URL(request.url!, provider.url)
      const answer = provider.answers.get(url.pathname)
      if (answer) return answer(request, response)
      if (url.pathname === '/authorize') return authorize(url, response)
      if (url.pathname === '/token') return void redeem(request, response)
      if (url.pathname === '/keys') return send(response, 200, { keys: [published] })
      send(response, 200, {
        issuer: provider.url,
        authorization_endpoint: `${provider.url}/authorize`,
        token_endpoint: `${provider.url}/token`,
        jwks_uri: `${provider.url}/keys`,
        id_token_signing_alg_values_supported: ['ES256'],
        ...(provider.signsOut && { end_session_endpoint: `${provider.url}/leave` }),
      })
    }),
  )
  const provider: Provider = {
    url: server.url,
    claims: {},
    key,
    answers: new Map(),
    redeemed: [],
    signsOut: true,
  }
  return provider
}
