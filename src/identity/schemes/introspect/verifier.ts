import { textNow } from '../../../environment.ts'
import { isJwt, mostCharacters } from '../../compact-token.ts'
import { fetchJson } from '../../fetch-json.ts'
import { type Claims, type Denial, type Doubt, denied, identify, type Verdict } from '../../identity.ts'
import { createDigest, InFlight } from '../../known-credentials.ts'
import type { SchemeParts, Verifier } from '../../scheme.ts'
import { Turns } from '../../turns.ts'
import { VerdictCache } from '../../verdict-cache.ts'
import type { IntrospectSettings } from './shape.ts'

/** How long a token that is none is known as such. */
const refusedMs = 5000
/** What a token is made of (RFC 6750 section 2.1). */
const token68 = /^[A-Za-z0-9\-._~+/]+=*$/

const crowded: Doubt = { kind: 'unavailable', reason: 'too many tokens wait to be asked about', retryAfter: 1 }

/** Asks who gave a token out what it is worth. Good and bad ones are known for a while, by their digest. */
export function openIntrospection(settings: IntrospectSettings, { scheme, clock, notify }: SchemeParts): Verifier {
  const { url, clientId, clientSecret, roles, cache: keptMs, clockSkew } = settings
  const good = new VerdictCache()
  // Apart, so that guesses crowd out guesses alone.
  const bad = new VerdictCache<Denial>()
  const inFlight = new InFlight<Verdict>()
  const turns = new Turns(64, 1000)
  const digest = createDigest()
  const nameOf = (token: string) => digest(token).toString('base64')
  let isFailing = false

  async function ask(token: string, name: string): Promise<Verdict> {
    const body = new URLSearchParams({ token, token_type_hint: 'access_token' })
    const headers = { authorization: basicOf(clientId, textNow(clientSecret)) }
    const asked = turns.take(() => fetchJson(url, clock, { method: 'POST', headers, body }))
    if (!asked) return crowded
    let told: unknown
    try {
      told = await asked
    } catch (thrown) {
      return doubt((thrown as Error).message)
    }
    const verdict = judge(told)
    const now = clock.epoch()
    if (verdict.kind === 'identity') {
      const { expiresMs = Number.POSITIVE_INFINITY } = verdict
      good.set(name, verdict, Math.min(now + keptMs, expiresMs + clockSkew))
    } else if (verdict.kind === 'denied') bad.set(name, verdict, now + refusedMs)
    note(undefined)
    return verdict
  }

  function judge(told: unknown): Verdict {
    const claims = told as Claims | null
    if (typeof claims !== 'object' || claims === null || typeof claims['active'] !== 'boolean')
      return doubt(`${new URL(url).host}: it does not say whether the token is active`)
    const reason = claims['active'] ? whyNot(claims, settings, clock.epoch()) : 'it is not active'
    if (reason !== undefined) return denied(reason)
    const { exp, iss } = claims
    const expiresMs = typeof exp === 'number' ? exp * 1000 : undefined
    return identify({ scheme, issuer: typeof iss === 'string' ? iss : url, claims, roles, expiresMs })
  }

  function doubt(reason: string): Doubt {
    note(reason)
    return { kind: 'unavailable', reason, retryAfter: 1 }
  }

  /** Says so once a change. */
  function note(reason: string | undefined): void {
    if (isFailing === (reason !== undefined)) return
    isFailing = reason !== undefined
    if (reason !== undefined)
      notify({ level: 'warn', subject: scheme, message: 'tokens of a scheme cannot be asked about', reason })
    else notify({ level: 'info', subject: scheme, message: 'tokens of a scheme can be asked about again' })
  }

  return {
    known(token) {
      const [now, name] = [clock.epoch(), nameOf(token)]
      return good.get(name, now) ?? bad.get(name, now)
    },
    // What somebody signed is for whoever has his keys, where one is asked too.
    takes: (token) => !isJwt(token),
    verify(token) {
      if (token.length > mostCharacters || !token68.test(token)) return denied('it is no token')
      const name = nameOf(token)
      return inFlight.join(name, () => ask(token, name))
    },
  }
}

/** Why an active token lets in nobody here; undefined where it does. */
function whyNot(
  claims: Claims,
  { issuer, audience, clockSkew }: IntrospectSettings,
  nowMs: number,
): string | undefined {
  const { iss, aud, exp, nbf } = claims
  if (issuer !== undefined && iss !== issuer) return 'it is of another issuer'
  const wanted = audience === undefined ? undefined : [audience].flat()
  if (wanted && ![aud].flat().some((one) => wanted.includes(one as string))) return 'it is for somebody else'
  const isTime = (value: unknown) => value === undefined || (typeof value === 'number' && Number.isFinite(value))
  if (!isTime(exp) || !isTime(nbf)) return 'its times are none'
  if (exp !== undefined && nowMs >= (exp as number) * 1000 + clockSkew) return 'it has ended'
  if (nbf !== undefined && nowMs < (nbf as number) * 1000 - clockSkew) return 'it has not begun'
  return undefined
}

/** RFC 6749 section 2.3.1 encodes both as forms do. */
function basicOf(user: string, password: string): string {
  const encode = (text: string) => new URLSearchParams({ '': text }).toString().slice(1)
  return `Basic ${Buffer.from(`${encode(user)}:${encode(password)}`).toString('base64')}`
}
