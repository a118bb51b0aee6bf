import { expect, test } from '@jest/globals'
import { startGateway } from '../support/gateway.ts'

interface Answered {
  // biome-ignore lint/suspicious/noExplicitAny: whatever it is
  result: any
}

const call = (port: number, body: object, headers: Record<string, string> = {}) =>
  fetch(`http://127.0.0.1:${port}/mcp`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, ...body }),
  }).then((answer) => answer.json() as Promise<Answered>)

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
  const ask = async (port: number, given: object, headers = {}) =>
    (await call(port, { method: 'tools/call', params: { name: 'me', arguments: given } }, headers)).result
  const header = { 'x-auth-request-user': 'ann' }
  for (const given of [header, { x_auth_request_user: 'ann' }])
    expect((await ask(stranger.port, given)).isError).toBe(true)
  expect((await ask(stranger.port, {}, header)).structuredContent).toEqual({})
  expect((await ask(trusted.port, {}, header)).structuredContent).toEqual({ user: 'ann' })
})
