import type { IncomingMessage, ServerResponse } from 'node:http'

/**
 * A small world to look for answers that reach the wrong user: every way in which answers are kept and shared, and a
 * backend that puts into each answer whose it is.
 */
export const manyUsersFiles = (backend: string) => ({
  dictionary: `
colors:
  user.id: { type: string, sensitivity: pii }
  page.number: { type: string }
  own.text: { type: object }
  account.text: { type: object }
  public.text: { type: object }
  token.text: { type: object }
`,
  'services/mine': `
service: mine
endpoints: [${backend}]
headers: { authorization: $.request.headers.authorization }
timeout: 5s
operations:
  own:     { get: /own, in: { page.number?: query.page }, out: { own.text: $ }, cache: { ttl: 200ms, stale: 1s, staleIfError: 5s } }
  account: { get: '/account/{user.id}', out: { account.text: $ }, coalesce: true, fallback: { lastGood: 1m } }
  token:   { get: /token, out: { token.text: $ }, coalesce: true }
`,
  'services/ours': `
service: ours
endpoints: [${backend}]
timeout: 5s
operations:
  public: { get: /public, in: { page.number?: query.page }, out: { public.text: $ }, cache: { ttl: 1s, stale: 1s } }
`,
  'routes/page': `
match: GET /page
in: { user.id: header.x-user-id, page.number?: query.page }
do:
  - parallel:
      - { invoke: mine.own, optional: true }
      - { invoke: mine.account, optional: true }
      - { invoke: mine.token, optional: true }
      - { invoke: ours.public, optional: true }
response:
  body: { own: $.own.text, account: $.account.text, token: $.token.text, public: $.public.text }
`,
  'routes/whole': `
match: GET /whole
in: { user.id: header.x-user-id }
cache: { ttl: 300ms }
etag: true
do: [ { invoke: mine.account, optional: true } ]
response: { body: { account: $.account.text } }
`,
})

/** Answers with who asks by what was rendered; a token is given once, as `no-store` or with a cookie. One in 40 fails. */
export function createManyUsersBackend(): (request: IncomingMessage, response: ServerResponse) => void {
  let count = 0
  return (request, response) => {
    count++
    const { url = '', headers } = request
    const [, kind, id] = url.split(/[/?]/)
    const whose = headers.authorization ?? null
    response.setHeader('content-type', 'application/json')
    if (kind === 'token') {
      if (count % 2 === 0) response.setHeader('cache-control', 'no-store')
      else response.setHeader('set-cookie', `t=${count}`)
    } else if (kind === 'own' && count % 5 === 0) response.setHeader('cache-control', 'private')
    const text = JSON.stringify({ kind, whose, id: kind === 'account' ? id : null, nonce: count })
    const answer = () => {
      if (count % 40 === 0) response.statusCode = 503
      response.end(text)
    }
    if (count % 3 === 0) setTimeout(answer, count % 7)
    else answer()
  }
}

interface Part {
  readonly whose: string | null
  readonly id: string | null
  readonly nonce: number
}

/** What was seen; `crossed` are answers that reached whom they were not for. */
export interface ManyUsersResult {
  readonly requests: number
  readonly crossed: readonly string[]
  /** Parts that were there, so that it is known that there was something to see. */
  readonly parts: number
}

/**
 * Sends many mixed requests of many users and looks at whose parts each answer holds. `send` makes one request and
 * gives its body. Users come in bursts, so that equal and nearly equal calls meet.
 */
export async function askAsManyUsers(
  send: (path: string, headers: Readonly<Record<string, string>>) => Promise<string>,
  { users, requests, concurrency }: { users: number; requests: number; concurrency: number },
): Promise<ManyUsersResult> {
  const crossed: string[] = []
  const tokens = new Map<number, string>()
  let begun = 0
  let parts = 0

  function look(user: string, request: number, body: Record<string, Part | undefined>): void {
    if ('code' in body) throw new Error(`request ${request} failed: ${JSON.stringify(body)}`)
    for (const [name, part] of Object.entries(body)) {
      if (!part) continue
      parts++
      const isRight =
        name === 'public'
          ? part.whose === null
          : part.whose === `Bearer ${user}` && (name !== 'account' || part.id === user)
      if (!isRight) crossed.push(`${user} was given ${name} of ${part.whose} (${part.id})`)
      if (name !== 'token') continue
      const before = tokens.get(part.nonce)
      if (before !== undefined) crossed.push(`request ${request} was given the token of ${before}`)
      tokens.set(part.nonce, String(request))
    }
  }

  async function ask(): Promise<void> {
    while (begun < requests) {
      const request = begun++
      const isWhole = request % 4 === 3
      // Neighbours in time are often the same user, and often not.
      const step = isWhole ? request / 16 : request / 3 + (request % 2) * (users / 3)
      const user = `u${Math.floor(step) % users}`
      const path = isWhole ? '/whole' : `/page?page=${request % 2}`
      const body = await send(path, { 'x-user-id': user, authorization: `Bearer ${user}` })
      look(user, request, JSON.parse(body) as Record<string, Part | undefined>)
    }
  }

  await Promise.all(Array.from({ length: concurrency }, ask))
  return { requests, crossed, parts }
}
