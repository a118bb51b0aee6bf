import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { afterTest, opened } from '../support/cleanup.ts'
import { startFastDemo } from '../support/fast-demo.ts'
import { startIn } from '../support/gateway.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

test('the official client calls the demo’s tools, whose answers are what was promised, whatever fails', async () => {
  const demo = await opened(startFastDemo().then((backends) => ({ ...backends, close: () => backends.stop() })))
  const { gateway } = await startIn(root, { env: demo.env })
  const { port } = await gateway.listen()
  const url = new URL(`http://127.0.0.1:${port}/mcp`)
  const connect = async (headers: Record<string, string> = {}) => {
    const client = new Client({ name: 'test', version: '1' })
    await client.connect(new StreamableHTTPClientTransport(url, { requestInit: { headers } }))
    afterTest(() => client.close())
    return client
  }
  const client = await connect()
  // The client holds what comes against the schema that it was told.
  const { tools } = await client.listTools()
  expect(tools.map(({ name, annotations }) => [name, annotations?.readOnlyHint])).toEqual([
    ['product-page', true],
    ['search', true],
  ])
  expect(tools.every(({ outputSchema }) => outputSchema !== undefined)).toBe(true)
  const search = () => client.callTool({ name: 'search', arguments: { q: 'coffee', size: 2 } })
  const product = () => client.callTool({ name: 'product-page', arguments: { id: 'p1042', city: 'paris' } })
  expect(await search()).toMatchObject({ structuredContent: expect.any(Object) })
  expect(await product()).toMatchObject({ structuredContent: { title: expect.any(Object) } })
  for (const { name, ask } of demo.services.filter(({ name }) => name !== 'catalog' && name !== 'issuer')) {
    await ask({ mode: 'status', status: 500 })
    expect([name, (await search()).isError, (await product()).isError]).toEqual([name, undefined, undefined])
    await ask({ mode: 'none' })
  }
  const refused = await client.callTool({ name: 'search', arguments: { q: '', size: 500 } })
  expect(refused).toMatchObject({ isError: true, content: [{ text: expect.stringContaining('invalid-input') }] })
  const granted = await fetch(`${demo.env['ISSUER_URL']}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa('reports:demo')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  })
  const { access_token: token } = (await granted.json()) as { access_token: string }
  const desk = await connect({ authorization: `Bearer ${token}` })
  expect((await desk.listTools()).tools.map(({ name }) => name)).toEqual(['desk', 'product-page', 'search'])
  const account = await desk.callTool({ name: 'desk', arguments: { id: 'u1003' } })
  expect(account.structuredContent).toMatchObject({ user: { id: 'u1003', name: '安娜' } })
})
