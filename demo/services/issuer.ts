import { createHash, randomBytes } from 'node:crypto'
import { audience, gateway, machines, people } from '../data/people.ts'
import { type DemoAnswer, type DemoRequest, type DemoService, failure, found } from '../http/service.ts'
import { printSignInPage } from '../issuer/page.ts'
import { keys, signToken } from '../issuer/tokens.ts'

const tokenSeconds = 3600
const mostCodes = 1000

/** What a code was given out for. */
interface Grant {
  readonly sub: string
  readonly nonce: string | null
  readonly challenge: string
  readonly redirectUri: string
}

const codes = new Map<string, Grant>()

/** A small issuer of OpenID Connect for loopback, where people choose who they are. Machines: `reports`, secret `demo`. */
export const issuer: DemoService = {
  name: 'issuer',
  medianMs: 2,
  routes: {
    'GET /.well-known/openid-configuration': ({ headers }) => found(describe(urlOf(headers))),
    'GET /keys': () => found(keys),
    'GET /authorize': ({ query }) =>
      isKnown(query)
        ? { headers: { 'content-type': 'text/html; charset=utf-8' }, body: printSignInPage(query) }
        : failure(400, 'invalid_request', 'the client or where it wants to be called back is not known'),
    'GET /authorize/as/{sub}': authorize,
    'POST /token': giveToken,
    'GET /leave': ({ query }) => redirect(readLoopback(query.get('post_logout_redirect_uri'))?.href ?? '/'),
  },
}

function describe(url: string) {
  return {
    issuer: url,
    authorization_endpoint: `${url}/authorize`,
    token_endpoint: `${url}/token`,
    jwks_uri: `${url}/keys`,
    end_session_endpoint: `${url}/leave`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['client_secret_basic'],
  }
}

/** The gateway listens where it likes; its path is always the same (RFC 8252 section 7.3). */
function isKnown(query: URLSearchParams): boolean {
  const asked = [query.get('client_id'), query.get('response_type'), query.get('code_challenge_method')]
  const back = readLoopback(query.get('redirect_uri'))
  return (
    asked.join() === `${gateway.id},code,S256` && query.has('code_challenge') && back?.pathname === gateway.callback
  )
}

function authorize({ params, query }: DemoRequest): DemoAnswer {
  const person = people.find(({ sub }) => sub === params.sub)
  if (!person || !isKnown(query)) return failure(400, 'invalid_request', 'nobody is called so')
  const code = randomBytes(16).toString('base64url')
  const redirectUri = query.get('redirect_uri')!
  codes.set(code, { sub: person.sub, nonce: query.get('nonce'), challenge: query.get('code_challenge')!, redirectUri })
  const [oldest] = codes.keys()
  if (codes.size > mostCodes) codes.delete(oldest!)
  const back = new URL(redirectUri)
  back.searchParams.set('code', code)
  back.searchParams.set('state', query.get('state') ?? '')
  return redirect(back.href)
}

function giveToken({ headers, body }: DemoRequest): DemoAnswer {
  const form = (body ?? {}) as Readonly<Record<string, string>>
  const [id, secret] = readBasic(headers.authorization)
  const iss = urlOf(headers)
  if (form['grant_type'] === 'client_credentials') {
    const machine = machines.find((one) => one.id === id && one.secret === secret)
    if (!machine) return { status: 401, body: { error: 'invalid_client' } }
    const token = signToken('at+jwt', { iss, aud: audience, sub: machine.id, roles: machine.roles }, tokenSeconds)
    return tokens({ access_token: token })
  }
  if (form['grant_type'] !== 'authorization_code') return { status: 400, body: { error: 'unsupported_grant_type' } }
  if (id !== gateway.id || secret !== gateway.secret) return { status: 401, body: { error: 'invalid_client' } }
  const code = form['code'] ?? ''
  const grant = codes.get(code)
  codes.delete(code)
  const challenge = createHash('sha256')
    .update(form['code_verifier'] ?? '')
    .digest('base64url')
  if (grant?.challenge !== challenge || grant.redirectUri !== form['redirect_uri'])
    return { status: 400, body: { error: 'invalid_grant' } }
  const { sub, name, roles } = people.find((person) => person.sub === grant.sub)!
  const claims = { iss, aud: gateway.id, sub, name, roles, ...(grant.nonce !== null && { nonce: grant.nonce }) }
  return tokens({
    access_token: randomBytes(16).toString('base64url'),
    id_token: signToken('JWT', claims, tokenSeconds),
  })
}

function tokens(given: Readonly<Record<string, string>>): DemoAnswer {
  return {
    headers: { 'cache-control': 'no-store' },
    body: { ...given, token_type: 'Bearer', expires_in: tokenSeconds },
  }
}

/** It is called as whoever asks calls it. */
function urlOf({ host }: DemoRequest['headers']): string {
  return `http://${host}`
}

function readBasic(authorization: string | undefined): string[] {
  const [, encoded = ''] = /^basic (.+)$/i.exec(authorization ?? '') ?? []
  return Buffer.from(encoded, 'base64').toString().split(':').map(decodeURIComponent)
}

function readLoopback(text: string | null): URL | undefined {
  const url = text === null ? null : URL.parse(text)
  return url && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname) ? url : undefined
}

function redirect(location: string): DemoAnswer {
  return { status: 302, headers: { location, 'cache-control': 'no-store' }, body: null }
}
