import { expect, test } from '@jest/globals'
import { opened } from '../support/cleanup.ts'
import { writeFiles } from '../support/gateway.ts'
import { bearer, startGuarded } from '../support/guarded.ts'
import { startIssuer } from '../support/issuer.ts'
import { startHttpServer } from '../support/servers.ts'

const dictionary = `
colors:
  user.id: { type: string }
  user.plan: { type: string }
  trace.id: { type: string }
`

/** A service that is told who asks by `routes`, and to which requests are passed on at /raw, too. */
async function start(routes: Readonly<Record<string, string>>, keys = '') {
  const issuer = await startIssuer()
  const seen: Record<string, unknown>[] = []
  const backend = await opened(
    startHttpServer(({ headers }, response) => {
      seen.push(headers)
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    }),
  )
  const running = await startGuarded(issuer, {
    dictionary,
    'services/shop': `service: shop\nendpoints: [${backend.url}]\noperations:
  get:
    get: /mine
    in: { user.id?: header.X-User, user.plan?: header.x-plan, trace.id?: header.x-trace }\n${keys}`,
    'services/other': `service: other\nendpoints: [${backend.url}]\n`,
    'routes/raw': "match: '* /raw/*rest'\nproxy: shop\n",
    'routes/other': "match: '* /other/*rest'\nproxy: other\n",
    ...routes,
  })
  const token = await issuer.sign({ plan: 'gold' })
  const pass = async (path: string, headers: Record<string, string>) => {
    expect((await running.ask(path, { ...bearer(token), ...headers })).status).toBe(200)
    return seen.at(-1)!
  }
  return { ...running, pass }
}

const forged = { 'x-user': 'admin', 'x-plan': 'gold', 'x-trace': 't1' }

test.each([
  [
    'a color that an input takes of a claim',
    'in: { user.id: claims.sub, trace.id?: header.x-trace }\ndo: [{ invoke: shop.get }]',
  ],
  ['a color that a step makes of a claim', 'do:\n  - assign: { user.id: $.claims.sub }\n  - invoke: shop.get'],
  ['what `with` says of a claim', 'do:\n  - { invoke: shop.get, with: { user.id: $.claims.sub } }'],
  [
    'a color that is made of one of those',
    'in: { user.plan: claims.sub }\ndo:\n  - assign: { user.id: $.user.plan }\n  - { invoke: shop.get, with: { user.plan: none } }',
  ],
  [
    'a fallback',
    'in: { user.id: claims.sub, user.plan?: query.p, trace.id?: query.t }\ndo:\n  - { invoke: other.get, fallback: { invoke: shop.get } }',
  ],
])('a service that is told who asks by %s is told so by no client', async (_name, steps) => {
  const other = `service: other\nendpoints: [http://127.0.0.1:1]\noperations: { get: { get: / } }\n`
  const { pass } = await start({
    'routes/mine': `match: GET /mine\n${steps}\nresponse: { body: done }`,
    ...(steps.includes('other.get') && { 'services/other': other }),
  })
  const headers = await pass('/raw/a', forged)
  expect(headers['x-user']).toBeUndefined()
  expect(headers['x-trace']).toBe('t1')
})

test('a header that one `proxy:` sets from a claim comes through no other to that service', async () => {
  const { pass } = await start({
    'routes/front': "match: '* /front/*rest'\nproxy: { service: shop, headers: { X-User: $.claims.sub } }\n",
    'routes/colored':
      "match: '* /colored/*rest'\nin: { user.plan: claims.plan }\nproxy: { service: shop, headers: { x-plan: $.user.plan } }\n",
  })
  expect((await pass('/front/a', forged))['x-user']).toBe('u1')
  const { 'x-user': user, 'x-plan': plan, 'x-trace': trace } = await pass('/raw/a', forged)
  expect([user, plan, trace]).toEqual([undefined, undefined, 't1'])
  expect((await pass('/other/a', forged))['x-user']).toBe('admin')
})

test('a route that a reload adds closes what was open, and one that it takes away opens it again', async () => {
  const { pass, gateway, directory } = await start({})
  const mine = 'match: GET /mine\nin: { user.id: claims.sub }\ndo: [{ invoke: shop.get }]\nresponse: { body: done }'
  expect((await pass('/raw/a', forged))['x-user']).toBe('admin')
  writeFiles(directory, { 'routes/mine': mine })
  expect((await gateway.reload()).ok).toBe(true)
  expect((await pass('/raw/a', forged))['x-user']).toBeUndefined()
  writeFiles(directory, { 'routes/mine': mine.replace('claims.sub', 'query.id') })
  expect((await gateway.reload()).ok).toBe(true)
  expect((await pass('/raw/a', forged))['x-user']).toBe('admin')
})
