import type { GatewayPromise, Sight } from '../promise.ts'
import { sendJson, startBackend } from '../scene/backend.ts'
import { startGateway, writeProject } from '../scene/gateway.ts'
import { ask } from '../scene/load.ts'
import type { Scene } from '../scene/scene.ts'
import { seeNone } from '../sights.ts'
import { lookAtManyUsers } from './many-users.ts'

const project = {
  'dictionary.yaml': 'colors: { user.id: { sensitivity: pii }, page.number: {}, cart.lines: {}, word: {}, done: {} }\n',
  'services/asked.yaml': `service: asked
endpoints: ["\${env.ASKED_URL}"]
operations:
  read:  { get: '/users/{user.id}', in: { page.number?: query.page }, headers: { x-listed: $.request.headers.x-listed }, out: { word: $ } }
  write: { post: /carts, body: { lines: $.cart.lines }, out: { done: $ } }
`,
  'routes/read.yaml':
    'match: GET /read\nin: { user.id: header.x-user, page.number?: query.page }\ndo: [ { invoke: asked.read } ]\nresponse: { body: $.word }\n',
  'routes/write.yaml':
    'match: POST /write\nin: { cart.lines: $.lines }\ndo: [ { invoke: asked.write } ]\nresponse: { body: $.done }\n',
}

/** Headers of HTTP's own and the gateway's own; and the one that the operation lists. */
const expected = new Set([
  ...['accept', 'accept-encoding', 'connection', 'content-length', 'content-type', 'host', 'traceparent'],
  ...['x-envoy-expected-rq-timeout-ms', 'x-request-id', 'x-listed', 'cdn-loop'],
])

/** What an attacker sends along: every value can be told from all others. */
const uninvited = [
  ...['accept', 'accept-language', 'authorization', 'cache-control', 'cookie', 'forwarded', 'from', 'if-none-match'],
  ...['origin', 'proxy-authorization', 'range', 'referer', 'via', 'x-api-key', 'x-forwarded-for', 'x-forwarded-host'],
  ...['x-http-method-override', 'x-original-url', 'x-real-ip', 'x-user-id', 'user-agent', 'baggage', 'tracestate'],
]

/** What reaches a backend of requests that bring too much; then many users at once, looking for one another's answers. */
export const zeroTrust: GatewayPromise = {
  name: 'zero-trust',
  promised:
    'no header, cookie or query parameter reaches a backend unless the operator listed it; one user’s data never reach another through cache, coalescing or a breaker',
  look: async (scene) => [...(await lookAtForwarding(scene)), ...(await lookAtManyUsers(scene))],
}

async function lookAtForwarding(scene: Scene): Promise<Sight[]> {
  const leaks: string[] = []
  let calls = 0
  const backend = await startBackend(scene, async (request, response) => {
    calls++
    let text = `${request.url}\n${request.rawHeaders.join('\n')}\n`
    for await (const part of request) text += part
    const leak = /leak[-\w]*/.exec(text)?.[0]
    if (leak !== undefined) leaks.push(`${leak} at ${request.url}`)
    const strangers = Object.keys(request.headers).filter((name) => !expected.has(name))
    if (strangers.length > 0) leaks.push(`${strangers} at ${request.url}`)
    sendJson(response, { ok: true })
  })
  const gateway = await startGateway(scene, {
    config: writeProject(scene, project).config,
    env: { ASKED_URL: backend.url },
  })
  const body = JSON.stringify({ lines: [1], leak: 'leak-body', __proto__: { total: 'leak-proto' } })
  let requests = 0
  const send = async (headers: Record<string, string>, query: string) => {
    const all = { 'x-user': 'u1', 'x-listed': 'yes', ...headers }
    await ask(`${gateway.url}/read?page=2${query}`, { headers: all })
    const written = { ...all, 'content-type': 'application/json' }
    await ask(`${gateway.url}/write?x=leak-q${query}`, { method: 'POST', headers: written, body })
    requests += 2
  }
  for (const name of uninvited) await send({ [name]: `leak-${name}` }, `&${name}=leak-query-${name}`)
  await send(Object.fromEntries(uninvited.map((name) => [name, `leak-${name}`])), '&user.id=leak-1&__proto__[x]=leak-2')
  await send({ cookie: 'page=leak-c; user.id=leak-d', connection: 'x-listed, keep-alive' }, '&a[]=leak-3')
  return [seeNone(`uninvited things of ${requests} requests that reached the backend, in calls`, leaks, calls)]
}
