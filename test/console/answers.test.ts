import { expect, test } from '@jest/globals'
import type { Overview } from '../../src/server/admin/console/overview.ts'
import type { RouteLive, RouteView } from '../../src/server/admin/console/route-view.ts'
import { startGateway } from '../support/gateway.ts'
import { startStub } from '../support/stub.ts'

const files = (url: string) => ({
  gateway: 'console: true',
  dictionary:
    'colors: { user.id: { type: string, sensitivity: pii }, user.name: { type: string }, shelf: { type: object } }',
  'services/users': `
service: users
endpoints: ['${url}']
auth: { basic: { user: gateway, password: 'hidden-word' } }
operations:
  find:
    get: /users/{user.id}
    out: { user.name: $.name }
`,
  'routes/home': `
match: GET /home/{id}
in: { user.id: path.id }
do:
  - invoke: users.find
    id: person
    fallback: { assign: { user.name: somebody } }
response: { body: { name: $.user.name } }
`,
})

async function start(gateway?: string) {
  const stub = await startStub(({ url }) => (url.endsWith('/bad') ? { status: 500 } : { body: '{"name":"Ada"}' }))
  const { port, adminPort, lines } = await startGateway({ ...files(stub.url), ...(gateway && { gateway }) })
  const admin = `http://127.0.0.1:${adminPort}`
  const ask = async <Answer>(path: string): Promise<Answer> =>
    (await fetch(`${admin}${path}`)).json() as Promise<Answer>
  return { admin, lines, ask, home: (id: string) => fetch(`http://127.0.0.1:${port}/home/${id}`) }
}

test('the overview tells the rate of a route, what failed of it and what was degraded', async () => {
  const { ask, home } = await start()
  for (const id of ['1', '2', '3', 'bad']) expect((await home(id)).status).toBe(200)
  const { routes, services, gateway } = await ask<Overview>('/-/overview')
  expect(gateway.version).toMatch(/^[0-9a-f]{12}$/)
  expect(routes).toMatchObject([{ name: 'home', match: 'GET /home/{id}', degraded: 0.25, now: { errors: 0 } }])
  expect(routes[0]!.now.rate).toBeGreaterThan(0)
  expect(routes[0]!.now.p95Ms).toBeGreaterThan(0)
  expect(routes[0]!.trend.rate).toHaveLength(60)
  expect(services).toMatchObject([{ name: 'users', endpoints: { all: 1, well: 1 }, now: { errors: 0.25 } }])
})

test('a route is shown by its picture, its file and how each step does', async () => {
  const { ask, home } = await start()
  await home('1')
  await home('bad')
  const view = await ask<RouteView>('/-/routes/home')
  expect(view.picture).toContain('data-id="person"')
  expect(view.picture).not.toContain('<style')
  expect(view.source).toContain('invoke: users.find')
  expect(view.steps).toMatchObject([
    { id: 'person', name: 'person', calls: true, needs: ['user.id'], gives: ['user.name'] },
  ])
  expect(view.explanation?.calls).toMatchObject([{ operation: 'users.find' }])
  const { steps } = await ask<RouteLive>('/-/routes/home/live')
  expect(steps).toMatchObject([{ name: 'person', now: { rate: expect.any(Number) } }])
  expect(steps[0]!.standIns['fallback']).toBeGreaterThan(0)
})

test('a color tells who gives it, who takes it and who sees it', async () => {
  const { ask } = await start()
  const { colors } = await ask<{ colors: { name: string; sensitivity: string }[] }>('/-/colors')
  expect(colors).toContainEqual({ name: 'user.id', sensitivity: 'pii' })
  const color = await ask<object>('/-/colors/user.id')
  expect(color).toMatchObject({ producers: [{ name: 'home' }], seenBy: { services: [{ service: 'users' }] } })
})

test('what is not there is a problem, and no page', async () => {
  const { admin } = await start()
  for (const path of ['/-/routes/none', '/-/routes/none/live', '/-/colors/none', '/console/assets/none.js']) {
    const answer = await fetch(`${admin}${path}`)
    expect([path, answer.status, answer.headers.get('content-type')]).toEqual([
      path,
      404,
      expect.stringContaining('application/problem+json'),
    ])
  }
})

test('a path that cannot be read is the fault of who asks', async () => {
  const { admin, lines } = await start()
  expect((await fetch(`${admin}/-/routes/%E0%A4`)).status).toBe(400)
  expect(lines.join('')).not.toContain('the admin listener failed')
})

test('its page takes everything from the gateway alone, and stands in no other page', async () => {
  const { admin } = await start()
  const page = await fetch(`${admin}/console/routes/home`)
  expect(page.status).toBe(200)
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'")
  expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
})

test('a gateway that does not name it has no console, and watches nothing for one', async () => {
  const { admin } = await start('{}')
  for (const path of ['/console', '/-/overview', '/-/routes/home', '/-/colors'])
    expect((await fetch(`${admin}${path}`)).status).toBe(404)
})
