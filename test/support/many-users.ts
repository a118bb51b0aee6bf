/** A part of an answer, as the backend of many-users-world.ts made it. */
interface Part {
  readonly kind: string
  readonly whose: string | null
  readonly id: string | null
  readonly nonce: number
}

type Body = Readonly<Record<string, Part | readonly Part[] | null | undefined>>

/** What was seen; `crossed` are answers that reached whom they were not for. */
export interface ManyUsersResult {
  readonly requests: number
  readonly crossed: readonly string[]
  /** Parts that were there, so that it is known that there was something to see. */
  readonly parts: number
}

export interface ManyUsersAmount {
  readonly users: number
  readonly requests: number
  readonly concurrency: number
}

/** Sends one request and gives its body. */
type Send = (path: string, headers: Readonly<Record<string, string>>) => Promise<string>

const usersAtOnce = 40
const paths = ['/page?page=0', '/page?page=1', '/personal', '/whole', '/page?page=0', '/page?page=1', '/list', '/whole']

/**
 * Sends many mixed requests of many users and looks at whose parts each answer holds. Equal and nearly equal
 * calls meet.
 */
export async function askAsManyUsers(
  send: Send,
  { users, requests, concurrency }: ManyUsersAmount,
): Promise<ManyUsersResult> {
  const inspection = new Inspection()
  let begun = 0

  /** Most are of a few users at a time, who come again and again until others do; the rest are of any. */
  function chooseUser(request: number): number {
    const chance = Math.imul(request + 1, 0x9e3779b1) >>> 8
    if (chance % 4 === 0) return (chance >>> 2) % users
    const first = Math.floor(request / Math.min(50, requests / users))
    return (first + ((chance >>> 2) % usersAtOnce)) % users
  }

  async function ask(): Promise<void> {
    while (begun < requests) {
      const request = begun++
      const path = paths[request % paths.length]!
      const user = `u${chooseUser(request)}`
      const body = await send(path, { 'x-user-id': user, authorization: `Bearer ${user}` })
      inspection.look(user, request, JSON.parse(body) as Body)
    }
  }

  await Promise.all(Array.from({ length: concurrency }, ask))
  const { crossed, parts } = inspection
  return { requests, crossed, parts }
}

class Inspection {
  readonly crossed: string[] = []
  parts = 0
  /** Which request was given a token. */
  readonly #tokens = new Map<number, number>()

  look(user: string, request: number, body: Body): void {
    if ('code' in body) throw new Error(`request ${request} failed: ${JSON.stringify(body)}`)
    for (const [name, given] of Object.entries(body)) {
      for (const part of Array.isArray(given) ? given : [given]) {
        // A part whose call failed is left out, by null in a list.
        if (!part) continue
        this.parts++
        if (!isOf(user, name, part)) this.crossed.push(`${user} was given ${name} of ${part.whose} (${part.id})`)
        if (name === 'token') this.#lookAtToken(part.nonce, request)
      }
    }
  }

  #lookAtToken(nonce: number, request: number): void {
    const before = this.#tokens.get(nonce)
    if (before !== undefined) this.crossed.push(`request ${request} was given the token of request ${before}`)
    this.#tokens.set(nonce, request)
  }
}

function isOf(user: string, name: string, { kind, whose, id }: Part): boolean {
  if (kind !== name) return false
  if (name === 'public') return whose === null
  if (whose !== `Bearer ${user}`) return false
  if (name === 'account' || name === 'shelf') return id === user
  return name === 'entry' ? id!.startsWith(`${user}-`) : id === null
}
