import { identityOf } from '../../granted.ts'
import { type Denial, type Doubt, denied, type Verdict } from '../../identity.ts'
import { createDigest, InFlight } from '../../known-credentials.ts'
import type { SchemeParts, Verifier } from '../../scheme.ts'
import { Turns } from '../../turns.ts'
import { VerdictCache } from '../../verdict-cache.ts'
import { isPassword, parseHash } from './password-hash.ts'
import { readUsers, type User } from './users-file.ts'

/** How long a good password is known without being hashed again. */
const knownMs = 60_000
const mostCharacters = 1024
/** Of a process: a hash takes one of its few threads, and tens of megabytes. */
const turns = new Turns(2, 32)

const crowded: Doubt = { kind: 'unavailable', reason: 'too many passwords wait to be looked at', retryAfter: 1 }
const stranger: Denial = denied('nobody has that name and password')
/** What strangers are held to where a file has no users. */
const nobodys = `$scrypt$ln=15,r=8,p=3$${'A'.repeat(22)}$${'A'.repeat(43)}`

/** Looks at names and passwords. Nothing is kept of a password but, for a minute, its digest by a key of our own. */
export function openBasic(roles: string | undefined, { scheme, clock, file }: SchemeParts): Verifier {
  const users = readUsers(file)
  const byName = new Map(users.map((user) => [user.name, user]))
  const hashes = users.length > 0 ? users.map(({ password }) => password) : [parseHash(nobodys)]
  const digest = createDigest()
  const nameKept = (text: string) => digest(text).toString('base64')
  const cache = new VerdictCache()
  const inFlight = new InFlight<Verdict>()

  /** A name that nobody has costs what some user's costs, and the same one's every time. */
  const decoyOf = (name: string) => hashes[digest(name).readUInt32BE() % hashes.length]!

  async function look(name: string, password: string, kept: string): Promise<Verdict> {
    const user = byName.get(name)
    const isRight = await turns.take(() => isPassword(password, user?.password ?? decoyOf(name)))
    if (isRight === undefined) return crowded
    return user && isRight ? welcome(user, kept) : stranger
  }

  function welcome(user: User, kept: string): Verdict {
    const identity = identityOf(user, scheme, roles)
    const { expiresMs = Number.POSITIVE_INFINITY } = identity
    const now = clock.epoch()
    if (now >= expiresMs) return denied('the user has ended')
    cache.set(kept, identity, Math.min(expiresMs, now + knownMs))
    return identity
  }

  return {
    known: (text) => (cache.size === 0 ? undefined : cache.get(nameKept(text), clock.epoch())),
    verify(text) {
      const pair = readPair(text)
      if (!pair) return denied('it is no name and password')
      const kept = nameKept(text)
      return inFlight.join(kept, () => look(...pair, kept))
    },
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is meant
const control = /[\x00-\x1f\x7f]/

/** Name and password of a credential (RFC 7617 section 2); undefined where it is none. */
function readPair(text: string): [name: string, password: string] | undefined {
  if (text.length > mostCharacters || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined
  try {
    const pair = utf8.decode(Buffer.from(text, 'base64'))
    const colon = pair.indexOf(':')
    if (colon < 0 || control.test(pair)) return undefined
    return [pair.slice(0, colon).normalize(), pair.slice(colon + 1)]
  } catch {
    return undefined
  }
}
