import { Buffer } from 'node:buffer'
import type { Clock } from '../../clock.ts'
import { textNow } from '../../environment.ts'
import { signAssertion } from './client-assertion.ts'
import type { OAuth2Settings } from './settings.ts'

const timeoutMs = 2000
const mostBytes = 64 * 1024
/** Where the server does not say how long its tokens live (RFC 6749 section 5.1 only recommends it). */
const silentLifeMs = 5 * 60_000
const longestLifeMs = 24 * 3_600_000
/** RFC 6750 section 2.1. */
const tokenPattern = /^[A-Za-z0-9\-._~+/]+=*$/

/** What is wrong with an answer, in our own words. */
class Unfit extends Error {}

/**
 * Asks for one token: 2 s, 64 KB, no redirects.
 * @throws Error that says why there is none, and nothing of what was sent or answered but an error code of OAuth
 */
export async function askForToken(
  settings: OAuth2Settings,
  clock: Clock,
): Promise<{ readonly token: string; readonly lifeMs: number }> {
  const ending = new AbortController()
  const timer = clock.schedule(timeoutMs, () => ending.abort())
  try {
    const answer = await fetch(settings.tokenUrl, {
      method: 'POST',
      redirect: 'manual',
      headers: { accept: 'application/json', ...proofInHeader(settings) },
      body: new URLSearchParams(formOf(settings, clock)),
      signal: ending.signal,
    })
    return readToken(answer.status, await readBounded(answer))
  } catch (thrown) {
    throw new Error(ending.signal.aborted ? 'it did not answer in 2s' : reasonOf(thrown))
  } finally {
    timer.cancel()
  }
}

function formOf(settings: OAuth2Settings, clock: Clock): Record<string, string> {
  const { clientId, clientSecret, scopes, audience, clientAuth, tokenUrl } = settings
  const proofs = {
    basic: () => ({}),
    post: () => ({ client_id: clientId, client_secret: textNow(clientSecret) }),
    'private-key': () => ({
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: signAssertion(textNow(clientSecret), { clientId, audience: tokenUrl, epochMs: clock.epoch() }),
    }),
  }
  return {
    grant_type: 'client_credentials',
    ...(scopes.length > 0 && { scope: scopes.join(' ') }),
    ...(audience !== undefined && { audience }),
    ...proofs[clientAuth](),
  }
}

function proofInHeader({ clientId, clientSecret, clientAuth }: OAuth2Settings): Record<string, string> {
  if (clientAuth !== 'basic') return {}
  // Each is encoded first as a form would be (RFC 6749 section 2.3.1).
  const encode = (text: string) => new URLSearchParams([['', text]]).toString().slice(1)
  const both = `${encode(clientId)}:${encode(textNow(clientSecret))}`
  return { authorization: `Basic ${Buffer.from(both).toString('base64')}` }
}

async function readBounded(answer: Response): Promise<string> {
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of answer.body ?? []) {
    length += piece.length
    if (length > mostBytes) throw new Unfit('the answer has more than 64KB')
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString()
}

function readToken(status: number, text: string): { token: string; lifeMs: number } {
  const said = parse(text)
  if (status !== 200) {
    const { error } = said ?? {}
    const code = typeof error === 'string' && /^[a-z_]{1,40}$/.test(error) ? ` (${error})` : ''
    throw new Unfit(`it answered ${status}${code}`)
  }
  if (!said) throw new Unfit('the answer is no JSON object')
  const { access_token: token, token_type: type = 'Bearer', expires_in: expires } = said
  if (typeof token !== 'string' || !tokenPattern.test(token)) throw new Unfit('there is no token in the answer')
  if (typeof type !== 'string' || type.toLowerCase() !== 'bearer')
    throw new Unfit('its token is of another type than Bearer')
  if (expires === undefined || expires === null) return { token, lifeMs: silentLifeMs }
  const seconds = typeof expires === 'string' && /^\d+$/.test(expires) ? Number(expires) : expires
  if (typeof seconds !== 'number' || !(seconds > 0)) throw new Unfit('its token has ended already')
  return { token, lifeMs: Math.min(seconds * 1000, longestLifeMs) }
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

function reasonOf(thrown: unknown): string {
  if (thrown instanceof Unfit) return thrown.message
  const { cause } = thrown as { cause?: { code?: unknown } }
  return typeof cause?.code === 'string' ? cause.code : 'it could not be asked'
}
