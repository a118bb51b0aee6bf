import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'
import { createServer as createTlsServer, getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { afterTest } from '../support/cleanup.ts'
import { startGateway } from '../support/gateway.ts'
import { wordService } from '../support/words.ts'

const pem = (name: string) => readFileSync(new URL(`../support/tls/localhost-${name}.pem`, import.meta.url), 'utf8')
const [cert, key] = [pem('cert'), pem('key')]
const before = getCACertificates('default')
beforeAll(() => setDefaultCACertificates([...before, cert]))
afterAll(() => setDefaultCACertificates(before))

const json = 'content-type: application/json\r\n'
const body = '{"word":"ok"}'
const fine = `HTTP/1.1 200 OK\r\n${json}content-length: 13\r\n\r\n${body}`

interface Row {
  /** What the backend writes for the request that came as so many-th; undefined: it closes the connection instead. */
  readonly says: (count: number) => string | undefined
  readonly method?: 'GET' | 'HEAD'
  /** Undefined: no whole answer. */
  readonly call: number
  readonly passed: number | 'cut'
  /** After how many requests in turn. */
  readonly requests?: number
}

/** Public faults of proxies, each as bytes of a backend, and what a client gets of it by a call and by `proxy:`. */
const rows: Readonly<Record<string, Row>> = {
  'bytes behind a 204': { says: () => 'HTTP/1.1 204 No Content\r\n\r\n{}', call: 200, passed: 204 },
  'bytes behind a content-length': { says: () => `${fine}more`, call: 200, passed: 200 },
  'a body behind the answer to a HEAD': { says: () => fine, method: 'HEAD', call: 200, passed: 200 },
  'an unasked 100': { says: () => `HTTP/1.1 100 Continue\r\n\r\n${fine}`, call: 200, passed: 200 },
  'an early hint': { says: () => `HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n${fine}`, call: 200, passed: 200 },
  'a chunk size with zeros before it': {
    says: () => `HTTP/1.1 200 OK\r\n${json}transfer-encoding: chunked\r\n\r\n0000d\r\n${body}\r\n0\r\n\r\n`,
    call: 200,
    passed: 200,
  },
  'lines that end with a bare LF': { says: () => fine.replaceAll('\r\n', '\n'), call: 502, passed: 502 },
  'a head over 16 KB': {
    says: () => fine.replace(json, `x: ${'a'.repeat(20_000)}\r\n${json}`),
    call: 502,
    passed: 502,
  },
  'two lengths that differ': { says: () => fine.replace(json, `content-length: 5\r\n${json}`), call: 502, passed: 502 },
  'a length beside chunks': {
    says: () => fine.replace(json, `transfer-encoding: chunked\r\n${json}`),
    call: 502,
    passed: 502,
  },
  'an answer that breaks off': { says: () => fine.replace('13', '100'), call: 502, passed: 'cut' },
  'a kept connection that is closed as the next request comes': {
    says: (count) => (count === 2 ? undefined : fine),
    requests: 3,
    call: 200,
    passed: 200,
  },
}

async function startBackend(scheme: string, { says }: Row): Promise<string> {
  const sockets = new Set<Socket>()
  let count = 0
  const converse = (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      if (!chunk.includes('\r\n\r\n')) return
      const said = says(++count)
      if (said === undefined) socket.destroy()
      else if (/length: 100/.test(said)) socket.end(said)
      else socket.write(said)
    })
  }
  const server = scheme === 'https' ? createTlsServer({ cert, key }, converse) : createTcpServer(converse)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  afterTest(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe.each(['http', 'https'])('over %s', (scheme) => {
  describe.each(Object.entries(rows))('%s', (_, row) => {
    test.each(['call', 'passed'] as const)('comes to what it should: %s', async (way) => {
      const url = await startBackend(scheme, row)
      const method = row.method ?? 'GET'
      const { port } = await startGateway({
        'services/words': `${wordService(url)}  head: { head: /word }\n`,
        'routes/call': `match: GET /call\ndo: [ { invoke: words.${method === 'HEAD' ? 'head' : 'word'} } ]\nresponse: { body: { ok: true } }`,
        'routes/passed': "match: ANY /passed/*rest\nproxy: { service: words, path: '/{rest}' }",
      })
      for (let turn = 0; turn < (row.requests ?? 1); turn++) {
        const asked = fetch(`http://127.0.0.1:${port}/${way === 'call' ? 'call' : 'passed/word'}`, { method })
        const seen = asked.then(async (response) => {
          await response.text()
          return response.status
        })
        expect(await seen.catch(() => 'cut')).toBe(row[way])
      }
    })
  })
})
