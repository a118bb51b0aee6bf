import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { FakeClock } from '../support/fake-clock.ts'
import { type Files, startGateway } from '../support/gateway.ts'
import { hashOf, withPassword } from '../support/hashing.ts'
import { startIssuer } from '../support/issuer.ts'
import { until } from '../support/waiting.ts'

const users = JSON.stringify({
  users: ['viewer', 'editor', 'admin', 'nobody'].map((name) => ({
    name,
    hash: hashOf(name),
    claims: { roles: name === 'nobody' ? [] : [`ops-${name}`] },
  })),
})
const roles = 'roles: { viewer: [ops-viewer], editor: [ops-editor], admin: [ops-admin] }'
const schemes = 'auth: { ops: { basic: { users: ./users.yaml } } }\ndefaults: { auth: none }'

async function start(admin: string, files: Files = {}) {
  const running = await startGateway({ gateway: `${schemes}\nadmin: { ${admin} }`, users, ...files })
  const ask = async (path: string, headers: Record<string, string> = {}, method = 'GET') => {
    const answer = await fetch(`http://127.0.0.1:${running.adminPort}${path}`, { headers, method })
    await answer.text()
    return answer
  }
  const statuses = async (headers: Record<string, string> = {}) => {
    const found: Record<string, number> = {}
    for (const path of ['/livez', '/readyz', '/metrics', '/-/config', '/-/endpoints', '/-/diagnostics', '/nowhere'])
      found[path] = (await ask(path, headers)).status
    found['reload'] = (await ask('/-/reload', headers, 'POST')).status
    found['purge'] = (await ask('/cache?all', headers, 'DELETE')).status
    return found
  }
  return { ...running, ask, statuses }
}

const health = { '/livez': 200, '/readyz': 200, '/metrics': 200 }
const all = (status: number) => ({
  '/-/config': status,
  '/-/endpoints': status,
  '/-/diagnostics': status,
  '/nowhere': status,
  reload: status,
  purge: status,
})
const open = { ...health, ...all(200), '/nowhere': 404 }

test('from other machines there are health and metrics, and nothing else, where nobody is asked', async () => {
  const { statuses, lines } = await start('listen: 0.0.0.0:9900')
  expect(await statuses()).toEqual({ ...health, ...all(404) })
  expect(lines.join('')).toContain('answers health and metrics alone')
})

test('on its own machine it answers as it did, where nobody is asked', async () => {
  const { statuses } = await start('listen: 9900')
  expect(await statuses()).toEqual(open)
})

test('who is asked there may do what his role says, and everybody sees health', async () => {
  const { ask, statuses } = await start(`auth: ops, ${roles}`)
  expect(await statuses()).toEqual({ ...health, ...all(401) })
  expect((await ask('/-/config')).headers.get('www-authenticate')).toBe('Basic realm="tessera", charset="UTF-8"')
  const as = (name: string) => statuses(withPassword(name, name))
  expect(await as('viewer')).toEqual({ ...open, reload: 403, purge: 403 })
  expect(await as('editor')).toEqual({ ...open, purge: 403 })
  expect(await as('admin')).toEqual(open)
  expect(await as('nobody')).toEqual({ ...health, ...all(403) })
  expect(await statuses(withPassword('admin', 'wrong'))).toEqual({ ...health, ...all(401) })
})

test('metrics are for viewers where it says so, in whatever way they are asked for', async () => {
  const { ask } = await start(`auth: ops, ${roles}, metrics: viewer`)
  for (const path of ['/metrics', '/METRICS', '/metrics/', '/metrics?x=1', '//metrics'])
    expect((await ask(path)).status).toBe(401)
  expect((await ask('/metrics', withPassword('viewer', 'viewer'))).status).toBe(200)
})

test('no other way of writing a path leads past it', async () => {
  const { ask } = await start(`auth: ops, ${roles}`)
  for (const path of ['/-/CONFIG', '/-/config/', '/livez/../-/config', '/%2d/config', '/-/config?/livez'])
    expect((await ask(path)).status).toBe(401)
  for (const method of ['HEAD', 'OPTIONS', 'PUT', 'PATCH'])
    expect((await ask('/-/config', {}, method)).status).toBe(401)
  expect((await ask('/livez', {}, 'DELETE')).status).toBe(401)
})

test('a password comes over TLS from other machines, at a proxy that is trusted, or not at all', async () => {
  const { ask } = await start(`listen: 0.0.0.0:9900, auth: ops, ${roles}`, {
    gateway: `trustedProxies: [loopback]\n${schemes}\nadmin: { listen: 0.0.0.0:9900, auth: ops, ${roles} }`,
  })
  const viewer = withPassword('viewer', 'viewer')
  expect((await ask('/-/config', viewer)).status).toBe(403)
  expect((await ask('/-/config', { ...viewer, 'x-forwarded-proto': 'https' })).status).toBe(200)
})

test('what strangers say that only proxies may say is not heard', async () => {
  const gateway = (proxy: string) =>
    `trustedProxies: [${proxy}]\nauth: { ops: { mtls: { names: ['spiffe://ops/a'], header: x-forwarded-client-cert } } }\ndefaults: { auth: none }\nadmin: { auth: ops, ${roles} }`
  const header = { 'x-forwarded-client-cert': 'URI=spiffe://ops/a' }
  const trusted = await start('', { gateway: gateway('loopback') })
  expect((await trusted.ask('/-/config', header)).status).toBe(403)
  const stranger = await start('', { gateway: gateway('192.0.2.1') })
  expect((await stranger.ask('/-/config', header)).status).toBe(401)
})

test('tokens do as well, and where nobody can tell whose they are, nobody is let in', async () => {
  const issuer = await startIssuer()
  // From the start on: it is asked as soon as a gateway is there.
  issuer.answer = (_request, response) => void response.writeHead(500).end()
  const { ask } = await start('', {
    gateway: `auth: { ops: ${issuer.jwt} }\ndefaults: { auth: none, authFailures: 3/h }\nadmin: { listen: 0.0.0.0:9900, auth: ops, ${roles} }`,
  })
  const bearer = async (claims: Record<string, unknown>) => ({ authorization: `Bearer ${await issuer.sign(claims)}` })
  const doubt = await ask('/-/config', await bearer({ roles: ['ops-viewer'] }))
  expect([doubt.status, Number(doubt.headers.get('retry-after')) > 0]).toEqual([503, true])
  for (let at = 0; at < 3; at++) expect((await ask('/-/config', { authorization: 'Bearer bad' })).status).toBe(401)
  expect((await ask('/-/config', { authorization: 'Bearer bad' })).status).toBe(429)
  expect((await ask('/readyz')).status).toBe(200)
})

test.each([
  ['auth: ops', /`roles` beside it/],
  [roles, /`auth` is missing/],
  ['metrics: viewer', /`auth` is missing/],
  [`auth: none, ${roles}`, /is asked who he is/],
  [`auth: opps, ${roles}`, /there is no scheme `opps`/],
  [`listen: 0.0.0.0:9900, auth: ops, ${roles}`, /in the clear/],
])('%s is an error at load', async (admin, message) => {
  await expect(start(admin)).rejects.toThrow(message)
})

test('its OpenAPI names all that it answers, and who may ask for it', async () => {
  const { adminPort, ask } = await start(`auth: ops, ${roles}`)
  const headers = withPassword('viewer', 'viewer')
  const answer = await fetch(`http://127.0.0.1:${adminPort}/-/openapi.json`, { headers })
  const { openapi, paths } = (await answer.json()) as {
    openapi: string
    paths: Record<string, Record<string, { description?: string; responses: Record<string, object> }>>
  }
  expect(openapi).toBe('3.1.0')
  const described = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, one]) => ({ path, method, ...one })),
  )
  expect(described.map(({ path, method }) => `${method} ${path}`)).toEqual(
    expect.arrayContaining(['get /livez', 'post /-/reload', 'get /-/config', 'delete /cache', 'get /-/openapi.json']),
  )
  for (const { path, method, description = '', responses } of described) {
    expect(Object.keys(responses)).toContain('default')
    const role = /`(\w+)`/.exec(description)?.[1]
    const { status } = await ask(path.replaceAll(/[{}]/g, ''), {}, method.toUpperCase())
    // Whoever is nobody is let in where it says no role.
    expect([method, path, status === 401]).toEqual([method, path, role !== undefined])
  }
  for (const method of ['POST', 'DELETE'])
    expect((await ask('/-/config', withPassword('admin', 'admin'), method)).headers.get('allow')).toBe('GET, HEAD')
})

test('who changes what, and why, is written down before it is done; what cannot be written down is not done', async () => {
  const { ask, directory, lines } = await start(`auth: ops, ${roles}, audit: ./log/audit.ndjson`)
  const file = join(directory, 'config/log/audit.ndjson')
  await ask('/-/config', withPassword('viewer', 'viewer'))
  await ask('/-/reload', withPassword('viewer', 'viewer'), 'POST')
  expect(existsSync(file)).toBe(false)
  await ask('/cache?all&reason=stale+prices', withPassword('admin', 'admin'), 'DELETE')
  const written = () => readFileSync(file, 'utf8').trim().split('\n')
  await until(() => written().length === 2)
  const [asked, answered] = written().map((line) => JSON.parse(line))
  expect(asked).toMatchObject({ who: 'ops:admin', what: 'DELETE /cache', asked: { all: '' }, reason: 'stale prices' })
  expect(answered).toEqual({ id: asked.id, at: expect.any(String), status: 200 })
  expect(lines.join('')).toContain('"who":"ops:admin"')
  rmSync(file)
  mkdirSync(file)
  expect((await ask('/cache?all', withPassword('admin', 'admin'), 'DELETE')).status).toBe(503)
  expect(lines.filter((line) => line.includes('stored answers were purged'))).toHaveLength(1)
})

test('who is nobody any more is told nothing more of what is recorded', async () => {
  const clock = new FakeClock()
  const hour = 3_600_000
  const expires = new Date(clock.epoch() + hour).toISOString()
  const viewer = { name: 'viewer', hash: hashOf('viewer'), claims: { roles: ['ops-viewer'] }, expires }
  const { adminPort } = await startGateway(
    { gateway: `history: {}\n${schemes}\nadmin: { auth: ops, ${roles} }`, users: JSON.stringify({ users: [viewer] }) },
    { clock },
  )
  const headers = withPassword('viewer', 'viewer')
  const live = await fetch(`http://127.0.0.1:${adminPort}/-/history/live`, { headers })
  expect(live.status).toBe(200)
  clock.skip(hour - 1)
  await clock.advance(1)
  expect(await live.text()).toMatch(/^: live\n/)
})
