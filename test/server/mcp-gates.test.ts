import { expect, test } from '@jest/globals'
import { opened } from '../support/cleanup.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { startGateway } from '../support/gateway.ts'
import { bearer } from '../support/guarded.ts'
import { hashOf, withPassword } from '../support/hashing.ts'
import { startIssuer } from '../support/issuer.ts'
import { startHttpServer } from '../support/servers.ts'

interface Answered {
  // biome-ignore lint/suspicious/noExplicitAny: whatever it is
  result: any
}

const ask = (port: number, body: object, headers: Record<string, string> = {}) =>
  fetch(`http://127.0.0.1:${port}/mcp`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, ...body }),
  })

const call = async (...asked: Parameters<typeof ask>) => (await (await ask(...asked)).json()) as Answered

const names = async (port: number, headers: Record<string, string>) => {
  const { result } = await call(port, { method: 'tools/list' }, headers)
  return (result.tools as { name: string }[]).map(({ name }) => name)
}

test('who guesses passwords at the list of tools is stopped as he is at the tools', async () => {
  const { port } = await startGateway(
    {
      gateway:
        'mcp: { auth: none }\nauth: { staff: { basic: { users: ./users.yaml } } }\ndefaults: { auth: staff, authFailures: 3/m }',
      users: JSON.stringify({ users: [{ name: 'ann', hash: hashOf('right') }] }),
      'routes/tool': 'match: GET /tool\nsummary: A tool\ntool: true\nresponse: { body: 1 }',
      'routes/more': 'match: GET /more\nsummary: Another\ntool: true\nresponse: { body: 1 }',
    },
    { clock: new FakeClock() },
  )
  expect(await names(port, withPassword('ann', 'right'))).toEqual(['more', 'tool'])
  for (const guess of ['a', 'b', 'c']) expect(await names(port, withPassword('ann', guess))).toEqual([])
  const listed = await ask(port, { method: 'tools/list' }, withPassword('ann', 'right'))
  expect([listed.status, listed.headers.get('retry-after')]).toEqual([429, '20'])
  expect((await fetch(`http://127.0.0.1:${port}/tool`, { headers: withPassword('ann', 'right') })).status).toBe(429)
})

test('an operation that says who may is asked once for a list, however many tools it is of', async () => {
  let asked = 0
  const authority = await opened(
    startHttpServer((_request, response) => {
      asked++
      response.setHeader('content-type', 'application/json').end('{"sub":"ann"}')
    }),
  )
  const tool = (name: string) => `match: GET /${name}\nsummary: A tool\ntool: true\nresponse: { body: 1 }`
  const { port } = await startGateway({
    dictionary: 'colors: { user.id: { type: string } }',
    gateway:
      'publicUrl: http://127.0.0.1:1\nmcp: true\nauth: { policy: { forward: { operation: authz.check, subject: user.id } } }\ndefaults: { auth: policy }',
    'services/authz': `service: authz\nendpoints: ['${authority.url}']\noperations: { check: { get: /check, out: { user.id: $.sub } } }`,
    ...Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [`routes/${name}`, tool(name)])),
  })
  expect(await names(port, {})).toEqual(['a', 'b', 'c', 'd'])
  expect(asked).toBe(1)
  // Of another path it may say another thing.
  await call(port, { method: 'tools/call', params: { name: 'a', arguments: {} } })
  expect(asked).toBe(3)
})

test('a call of a tool counts once against the limit of the gateway', async () => {
  const tool = { 'routes/tool': 'match: GET /tool\nname: tool\nsummary: A tool\ntool: true\nresponse: { body: 1 }' }
  for (const by of ['', ', by: request.ip']) {
    const { port } = await startGateway({ gateway: `mcp: true\nlimit: { rate: 1/h${by} }`, ...tool })
    const once = { method: 'tools/call', params: { name: 'tool', arguments: {} } }
    expect((await call(port, once)).result).toEqual({ content: [{ type: 'text', text: '1' }] })
    expect((await ask(port, once)).status).toBe(429)
  }
})

test('a credential that is good for one tool and none for another is no guess', async () => {
  const [one, other] = [await startIssuer(), await startIssuer()]
  const { port } = await startGateway(
    {
      gateway: `mcp: { auth: none }\nauth: { one: ${one.jwt}, other: ${other.jwt} }\ndefaults: { auth: one, authFailures: 1/m }`,
      'routes/tool': 'match: GET /tool\nsummary: A tool\ntool: true\nresponse: { body: 1 }',
      'routes/more': 'match: GET /more\nsummary: Another\ntool: true\nauth: other\nresponse: { body: 1 }',
    },
    { clock: new FakeClock() },
  )
  const token = bearer(await one.sign())
  for (let round = 0; round < 3; round++) expect(await names(port, token)).toEqual(['tool'])
})

test('what only a trusted proxy may say of a client, nobody says as an argument of a tool', async () => {
  const files = {
    dictionary: 'colors:\n  user.id: { type: string }\n',
    'routes/me':
      'match: GET /me\nname: me\nsummary: Says who asks\ntool: true\nin: { user.id?: header.x-auth-request-user }\nresponse: { body: { user: $.user.id } }',
  }
  const start = (proxy: string) => startGateway({ gateway: `mcp: true\ntrustedProxies: ['${proxy}']`, ...files })
  const [stranger, trusted] = [await start('192.0.2.1'), await start('127.0.0.1')]
  const { result } = await call(stranger.port, { method: 'tools/list' })
  expect(result.tools[0].inputSchema.properties).toEqual({})
  const me = async (port: number, given: object, headers = {}) =>
    (await call(port, { method: 'tools/call', params: { name: 'me', arguments: given } }, headers)).result
  const header = { 'x-auth-request-user': 'ann' }
  for (const given of [header, { x_auth_request_user: 'ann' }])
    expect((await me(stranger.port, given)).isError).toBe(true)
  expect((await me(stranger.port, {}, header)).structuredContent).toEqual({})
  expect((await me(trusted.port, {}, header)).structuredContent).toEqual({ user: 'ann' })
})
