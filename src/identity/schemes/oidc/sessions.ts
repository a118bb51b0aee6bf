import { randomBytes } from 'node:crypto'
import { type Claims, denied, type Identity, identify, type Verdict } from '../../identity.ts'
import type { SchemeParts } from '../../scheme.ts'
import { printCookie, sessionCookie } from './cookies.ts'
import { Seal } from './seal.ts'
import type { OidcSettings } from './shape.ts'

/** Name, value and attributes together have to fit 4096 bytes. */
const mostCharacters = 3900
/** Sessions that are known to have ended before their time. */
const mostEnded = 10_000
/** Of a token, not of its user. */
const ofToken: ReadonlySet<string> = new Set(['nonce', 'at_hash', 'c_hash', 's_hash', 'sid', 'jti'])

interface Session {
  readonly id: string
  readonly beganMs: number
  readonly usedMs: number
  readonly claims: Claims
}

/** Sessions as cookies hold them: sealed, so that nothing of them is kept here, but which of them have ended early. */
export class Sessions {
  readonly #settings: OidcSettings
  readonly #parts: SchemeParts
  readonly #seal: Seal
  readonly #context: string
  readonly #of = new WeakMap<Identity, Session>()
  /** Until when somebody could come with one. */
  readonly #ended = new Map<string, number>()

  constructor(settings: OidcSettings, parts: SchemeParts) {
    this.#settings = settings
    this.#parts = parts
    this.#seal = new Seal(settings.cookieKeys, 'session')
    this.#context = JSON.stringify([parts.scheme, settings.issuer, settings.clientId])
  }

  /** A new session as a cookie; undefined where it does not fit one, or the key is none. */
  begin(claims: Claims): string | undefined {
    const nowMs = this.#parts.clock.epoch()
    const { claims: listed } = this.#settings
    const isKept = listed
      ? (name: string) => name === 'sub' || listed.includes(name)
      : (name: string) => !ofToken.has(name)
    const kept = Object.fromEntries(Object.entries(claims).filter(([name]) => isKept(name)))
    return this.#print({ id: randomBytes(16).toString('base64url'), beganMs: nowMs, usedMs: nowMs, claims: kept })
  }

  verify(cookie: string): Verdict {
    const session = this.#open(cookie)
    if (!session) return denied('it is no session')
    const untilMs = this.#untilOf(session)
    if (this.#parts.clock.epoch() >= untilMs) return denied('the session has run out')
    if (this.#ended.has(session.id)) return denied('the session has ended')
    const { issuer, roles } = this.#settings
    const { claims } = session
    const identity = identify({ scheme: this.#parts.scheme, issuer, claims, roles, expiresMs: untilMs })
    this.#of.set(identity, session)
    return identity
  }

  /** The same session, used now; undefined where it was used so shortly before that it makes no difference. */
  renew(identity: Identity): string | undefined {
    const session = this.#of.get(identity)
    const nowMs = this.#parts.clock.epoch()
    if (!session || nowMs - session.usedMs < this.#settings.idle / 10 || this.#ended.has(session.id)) return undefined
    return this.#print({ ...session, usedMs: nowMs })
  }

  /** Whoever has its cookie is nobody from now on, as far as this process hears of it. */
  end(cookie: string): void {
    const session = this.#open(cookie)
    if (!session) return
    this.#ended.delete(session.id)
    this.#ended.set(session.id, session.beganMs + this.#settings.max)
    const nowMs = this.#parts.clock.epoch()
    for (const [id, untilMs] of this.#ended) {
      if (untilMs > nowMs && this.#ended.size <= mostEnded) break
      this.#ended.delete(id)
    }
  }

  #untilOf({ beganMs, usedMs }: Session): number {
    return Math.min(beganMs + this.#settings.max, usedMs + this.#settings.idle)
  }

  #print(session: Session): string | undefined {
    const { id, beganMs, usedMs, claims } = session
    const sealed = this.#seal.close(JSON.stringify([id, beganMs, usedMs, claims]), this.#context)
    if (sealed === undefined || sealed.length > mostCharacters) return undefined
    const name = sessionCookie(this.#parts.scheme)
    return printCookie(name, sealed, (this.#untilOf(session) - this.#parts.clock.epoch()) / 1000)
  }

  #open(cookie: string): Session | undefined {
    const text = this.#seal.open(cookie, this.#context)
    if (text === undefined) return undefined
    const [id, beganMs, usedMs, claims] = JSON.parse(text) as [string, number, number, Claims]
    return { id, beganMs, usedMs, claims }
  }
}
