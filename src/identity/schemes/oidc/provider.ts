import type { Configuration } from 'openid-client'
import { textNow } from '../../../environment.ts'
import { askIssuer, fetchJson, isSafeOrigin } from '../../fetch-json.ts'
import { type Denial, type Doubt, denied } from '../../identity.ts'
import { IssuerDocument, IssuerUnavailable } from '../../issuer-document.ts'
import type { SchemeParts } from '../../scheme.ts'
import type { OidcSettings } from './shape.ts'

/** What an issuer says of itself (OpenID Connect Discovery 1.0), as far as it is looked at here. */
export interface Provider {
  readonly issuer: string
  readonly authorization_endpoint: string
  readonly token_endpoint: string
  readonly end_session_endpoint?: string
  readonly token_endpoint_auth_methods_supported?: readonly string[]
}

/** What a code has to come with. */
export interface Checks {
  readonly expectedState: string
  readonly expectedNonce: string
  readonly pkceCodeVerifier: string
}

const endpoints = ['authorization_endpoint', 'token_endpoint'] as const
const retrySeconds = 5

/** What an issuer says of itself, fetched again and kept as its keys are. */
export function openProvider({ issuer, refresh }: OidcSettings, { clock, scheme, notify }: SchemeParts) {
  const discovery = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  return new IssuerDocument({
    what: 'discovery',
    fetch: async () => readProvider(await fetchJson(discovery, clock), issuer),
    compile: async (provider: Provider) => provider,
    refreshMs: refresh,
    clock,
    scheme,
    notify,
  })
}

function readProvider(document: unknown, issuer: string): Provider {
  const found = document as Provider | null
  if (found?.issuer !== issuer) throw new Error('its discovery is that of another issuer')
  for (const name of endpoints) {
    const url = found[name]
    if (typeof url !== 'string' || !isSafeOrigin(url)) throw new Error(`its discovery names no safe ${name}`)
  }
  return found
}

/** Gives a code for the token that says who has signed in: its text, or why there is none. Never rejects. */
export async function redeem(
  callback: URL,
  checks: Checks,
  provider: Provider,
  settings: OidcSettings,
  parts: SchemeParts,
): Promise<string | Denial | Doubt> {
  let failure: string | undefined
  const ask = async (url: string, init: RequestInit): Promise<Response> => {
    try {
      const { status, headers, text } = await askIssuer(url, init, parts.clock)
      if (status >= 500 || status === 429) failure = `the token endpoint answered ${status}`
      return new Response(status === 204 || status === 304 ? null : text, { status, headers })
    } catch (thrown) {
      failure = (thrown as Error).message
      throw thrown
    }
  }
  try {
    const { authorizationCodeGrant } = await import('openid-client')
    const tokens = await authorizationCodeGrant(await configure(provider, settings, parts, ask), callback, {
      ...checks,
      idTokenExpected: true,
    })
    return tokens.id_token!
  } catch (thrown) {
    return failure === undefined
      ? denied(`the issuer did not confirm it: ${reasonOf(thrown)}`)
      : { kind: 'unavailable', reason: failure, retryAfter: retrySeconds }
  }
}

async function configure(
  provider: Provider,
  { clientId, clientSecret, clockSkew }: OidcSettings,
  { clock }: SchemeParts,
  ask: (url: string, init: RequestInit) => Promise<Response>,
): Promise<Configuration> {
  const client = await import('openid-client')
  const secret = textNow(clientSecret)
  const methods = provider.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
  const byPost = !methods.includes('client_secret_basic') && methods.includes('client_secret_post')
  const shown = byPost ? client.ClientSecretPost(secret) : client.ClientSecretBasic(secret)
  const times = {
    [client.clockSkew]: Math.round((clock.epoch() - Date.now()) / 1000),
    [client.clockTolerance]: clockSkew / 1000,
  }
  const auth = secret === undefined ? client.None() : shown
  const configuration = new client.Configuration(provider as never, clientId, times, auth)
  // What is safe is told by `isSafeOrigin`, which lets loopback pass.
  client.allowInsecureRequests(configuration)
  configuration[client.customFetch] = ask as never
  return configuration
}

/** Codes of OAuth and of the library; never what an issuer wrote besides. */
function reasonOf(thrown: unknown): string {
  const { error, code } = thrown as { error?: unknown; code?: unknown }
  const told = typeof error === 'string' && /^[\w.-]{1,60}$/.test(error) ? error : code
  return typeof told === 'string' ? told : 'it is not what was expected'
}

/** What cannot be had of an issuer now, as a verdict. */
export function doubtOf(thrown: unknown): Doubt {
  const { message, retryAfter } =
    thrown instanceof IssuerUnavailable ? thrown : { message: String(thrown), retryAfter: retrySeconds }
  return { kind: 'unavailable', reason: message, retryAfter }
}
