import { createHash, randomBytes } from 'node:crypto'
import type { CredentialSource } from '../../credential.ts'
import { isSafeOrigin } from '../../fetch-json.ts'
import type { Denial, Doubt } from '../../identity.ts'
import type { SchemeParts, Verifier } from '../../scheme.ts'
import { callbackPath, type Redirect, type SignIn } from '../../sign-in.ts'
import { browserCookie, movedCookie, printCookie, sessionCookie } from './cookies.ts'
import { doubtOf, openProvider, type Provider, redeem } from './provider.ts'
import { Seal } from './seal.ts'
import type { Sessions } from './sessions.ts'
import type { OidcSettings } from './shape.ts'

/** How long somebody may take to sign in. */
const mostSignInMs = 10 * 60_000
/** A longer target is not come back to: with it, the state would be too long for many an issuer. */
const mostTarget = 1024
/** How long a browser takes to where it was sent. */
const movedSeconds = 10
const browserForm = /^[\w-]{22}$/

/** What a state holds, sealed, and opened for the browser alone that set out with it. */
type Begun = [untilMs: number, nonce: string, verifier: string, target: string]

/** Authorization code with PKCE (RFC 6749, RFC 7636, OpenID Connect Core 1.0). Nothing is kept between its steps. */
export function openSignIn(
  settings: OidcSettings,
  parts: SchemeParts & { readonly publicUrl: string },
  sessions: Sessions,
  verifyIdToken: Verifier['verify'],
): SignIn {
  const { scheme, clock, publicUrl } = parts
  const document = openProvider(settings, parts)
  const seal = new Seal(settings.cookieKeys, 'sign-in')
  const redirectUri = publicUrl + callbackPath
  const home = new URL(publicUrl)
  const contextOf = (browser: string) => JSON.stringify([scheme, settings.issuer, browser])
  const browserOf = ({ cookies }: CredentialSource) => {
    const name = browserCookie(scheme)
    const id = Object.hasOwn(cookies, name) ? cookies[name]! : ''
    return browserForm.test(id) ? id : undefined
  }
  const sessionOf = ({ cookies }: CredentialSource) =>
    Object.hasOwn(cookies, sessionCookie(scheme)) ? cookies[sessionCookie(scheme)] : undefined

  /**
   * A session is of the host of `publicUrl` alone: a browser at another one is sent there first. Where it comes with the
   * mark of that, what stands before us shows us a host that browsers do not see, and it is there already.
   */
  function leadHome(target: string, { headers, cookies }: CredentialSource): Redirect | undefined {
    const seen = headers['x-forwarded-host']?.split(',', 1)[0]?.trim() ?? headers['host']
    const mark = movedCookie(scheme)
    if (seen === undefined || URL.parse(`${home.protocol}//${seen}`)?.host === home.host) return undefined
    if (Object.hasOwn(cookies, mark)) return undefined
    return { kind: 'redirect', location: publicUrl + target, cookies: [printCookie(mark, '1', movedSeconds)] }
  }

  async function begin(target: string, request: CredentialSource): Promise<Redirect | Doubt> {
    const sent = leadHome(target, request)
    if (sent) return sent
    let provider: Provider
    try {
      provider = (await document.get()).made
    } catch (thrown) {
      return doubtOf(thrown)
    }
    // Those of other windows stay good.
    const browser = browserOf(request) ?? randomBytes(16).toString('base64url')
    const nonce = randomBytes(16).toString('base64url')
    const verifier = randomBytes(32).toString('base64url')
    const begun: Begun = [clock.epoch() + mostSignInMs, nonce, verifier, target.length > mostTarget ? '/' : target]
    const state = seal.close(JSON.stringify(begun), contextOf(browser))
    if (state === undefined) return doubtOf('the first of `cookieKeys` has less than 32 bytes')
    const location = withQuery(provider.authorization_endpoint, {
      response_type: 'code',
      client_id: settings.clientId,
      redirect_uri: redirectUri,
      scope: [...new Set(['openid', ...settings.scopes])].join(' '),
      state,
      nonce,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    })
    const cookie = printCookie(browserCookie(scheme), browser, mostSignInMs / 1000)
    return { kind: 'redirect', location, cookies: [cookie] }
  }

  function finish(query: string, request: CredentialSource) {
    const [state, ...others] = new URLSearchParams(query).getAll('state')
    const browser = browserOf(request)
    if (state === undefined || others.length > 0 || browser === undefined) return undefined
    const text = seal.open(state, contextOf(browser))
    const begun = text === undefined ? undefined : (JSON.parse(text) as Begun)
    return begun && clock.epoch() < begun[0] ? confirm(query, state, begun) : undefined
  }

  async function confirm(
    query: string,
    expectedState: string,
    [, expectedNonce, pkceCodeVerifier, target]: Begun,
  ): Promise<Redirect | Denial | Doubt> {
    let provider: Provider
    try {
      provider = (await document.get()).made
    } catch (thrown) {
      return doubtOf(thrown)
    }
    const callback = new URL(`${redirectUri}?${query}`)
    const checks = { expectedState, expectedNonce, pkceCodeVerifier }
    const token = await redeem(callback, checks, provider, settings, parts)
    if (typeof token !== 'string') return token
    const verdict = await verifyIdToken(token)
    if (verdict.kind !== 'identity') return verdict
    const cookie = sessions.begin(verdict.claims)
    if (cookie === undefined) return doubtOf('the session does not fit a cookie: list the `claims` that are read')
    return { kind: 'redirect', location: publicUrl + target, cookies: [cookie] }
  }

  async function leave(): Promise<Redirect> {
    const back = publicUrl + settings.afterSignOut
    const cookies = [sessionCookie, browserCookie].map((name) => printCookie(name(scheme), '', 0))
    const issuer = await document.get().then(
      ({ made }) => made.end_session_endpoint,
      () => undefined,
    )
    // OpenID Connect RP-Initiated Logout 1.0. No token was kept that could be a hint of who it is.
    const location =
      typeof issuer === 'string' && isSafeOrigin(issuer)
        ? withQuery(issuer, { client_id: settings.clientId, post_logout_redirect_uri: back })
        : back
    return { kind: 'redirect', location, cookies }
  }

  return {
    begin,
    finish,
    end(request) {
      const cookie = sessionOf(request)
      if (cookie === undefined) return undefined
      sessions.end(cookie)
      return leave()
    },
    renew: (identity) => sessions.renew(identity),
  }
}

function withQuery(url: string, parameters: Readonly<Record<string, string>>): string {
  const made = new URL(url)
  for (const [name, value] of Object.entries(parameters)) made.searchParams.set(name, value)
  return made.href
}
