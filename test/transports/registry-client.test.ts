import { expect, test } from '@jest/globals'
import { RegistryClient } from '../../src/transports/registry-client.ts'
import { opened } from '../support/cleanup.ts'
import { startHttpServer } from '../support/servers.ts'

async function watchAll(write: (body: { write(text: string): void; end(): void }) => void) {
  const server = await opened(startHttpServer((_request, response) => write(response)))
  const ending = new AbortController()
  const client = new RegistryClient({ address: server.url, signal: ending.signal })
  const values: unknown[] = []
  for await (const value of client.watch({ path: '/', timeoutMs: 20_000 })) values.push(value)
  await client.close()
  await server.close()
  return values
}

test('values come a line each, however they are cut into pieces', async () => {
  const values = await watchAll((body) => {
    for (const text of ['{"a":', '1}\n\n{"b"', ':2}\n[', ']\n', '"rest is no line"']) body.write(text)
    body.end()
  })
  expect(values).toEqual([{ a: 1 }, { b: 2 }, []])
})
