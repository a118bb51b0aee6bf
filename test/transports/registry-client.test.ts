import { expect, test } from '@jest/globals'
import { RegistryClient } from '../../src/transports/registry-client.ts'
import { opened } from '../support/cleanup.ts'
import { startHttpServer } from '../support/servers.ts'

const piece = 16 * 1024
const pieces = 512

/** Milliseconds that this thread has worked. */
function busyMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

async function watchAll(write: (body: { write(text: string): void; end(): void }) => void) {
  const server = await opened(startHttpServer((_request, response) => write(response)))
  const ending = new AbortController()
  const client = new RegistryClient({ address: server.url, signal: ending.signal })
  const before = busyMs()
  const values: unknown[] = []
  for await (const value of client.watch({ path: '/', timeoutMs: 20_000 })) values.push(value)
  const ms = busyMs() - before
  await client.close()
  await server.close()
  return { values, ms }
}

test('values come a line each, however they are cut into pieces', async () => {
  const { values } = await watchAll((body) => {
    for (const text of ['{"a":', '1}\n\n{"b"', ':2}\n[', ']\n', '"rest is no line"']) body.write(text)
    body.end()
  })
  expect(values).toEqual([{ a: 1 }, { b: 2 }, []])
})

test('a line of 8 MB in small pieces takes time linear in its length', async () => {
  const { values, ms } = await watchAll((body) => {
    body.write('"')
    for (let count = 0; count < pieces; count++) body.write('x'.repeat(piece))
    body.write('"\n')
    body.end()
  })
  expect(values).toEqual(['x'.repeat(piece * pieces)])
  expect(ms).toBeLessThan(500)
})
