import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { createServer as createTlsServer, getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { issue } from '../support/certificates.ts'
import { afterTest, createDirectory } from '../support/cleanup.ts'
import { askHttp2, connectHttp2 } from '../support/http2.ts'
import { dial } from '../support/raw.ts'
import { freePort } from '../support/servers.ts'
import { pairFiles, startWith } from '../support/tls-gateway.ts'
import { until } from '../support/waiting.ts'
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
  readonly passed: Seen
  /** It is refused here whatever others do: what they make of it may be two answers. */
  readonly isStrict?: true
  /** After how many requests in turn. */
  readonly requests?: number
}

/** `cut`: no whole answer. */
type Seen = number | 'cut'

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
  'lines that end with a bare LF': {
    says: () => fine.replaceAll('\r\n', '\n'),
    call: 502,
    passed: 502,
    isStrict: true,
  },
  'a head over 16 KB': {
    says: () => fine.replace(json, `x: ${'a'.repeat(20_000)}\r\n${json}`),
    call: 502,
    passed: 502,
  },
  'two lengths that differ': {
    says: () => fine.replace(json, `content-length: 5\r\n${json}`),
    call: 502,
    passed: 502,
    isStrict: true,
  },
  'a length beside chunks': {
    says: () => fine.replace(json, `transfer-encoding: chunked\r\n${json}`),
    call: 502,
    passed: 502,
    isStrict: true,
  },
  'an answer that breaks off': { says: () => fine.replace('13', '100'), call: 502, passed: 'cut' },
  'a kept connection that is closed as the next request comes': {
    says: (count) => (count === 2 ? undefined : fine),
    requests: 3,
    call: 200,
    passed: 200,
  },
}

/** Counts by the first segment of the path: each of those who ask has his own. */
async function startBackend(scheme: string, { says }: Row): Promise<string> {
  const sockets = new Set<Socket>()
  const counts = new Map<string, number>()
  const converse = (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      if (!chunk.includes('\r\n\r\n')) return
      const who = String(chunk).split('/')[1]!
      const count = (counts.get(who) ?? 0) + 1
      counts.set(who, count)
      const said = says(count)
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

type Ask = (path: string, method: string) => Promise<Seen>

const overHttp1 =
  (port: number): Ask =>
  (path, method) =>
    fetch(`http://127.0.0.1:${port}${path}`, { method })
      .then((response) => response.text().then(() => response.status))
      .catch(() => 'cut' as const)

async function overHttp2(port: number): Promise<Ask> {
  const session = await connectHttp2(port)
  return async (path, method) => {
    const { status, reset } = await askHttp2(session, { ':path': path, ':method': method })
    return reset === 0 && status !== 0 ? status : 'cut'
  }
}

/** What the last of its requests comes to, and those before are the same. */
async function seen(ask: Ask, path: string, { method = 'GET', requests = 1 }: Row): Promise<Seen[]> {
  const answers = new Set<Seen>()
  for (let turn = 0; turn < requests; turn++) answers.add(await ask(path, method))
  return [...answers]
}

const listen = `listen: [{ name: old, port: 0 }, { name: new, port: 0, tls: { cert: ./a.crt, key: ./a.key }, http2: true }]`
const pair = pairFiles('a', issue())
const clients = ['HTTP/1.1', 'HTTP/2'] as const

describe.each(['http', 'https'])('over %s', (scheme) => {
  test.each(Object.entries(rows))('%s comes to what it should, by a call and passed on', async (_, row) => {
    const url = await startBackend(scheme, row)
    const operation = row.method === 'HEAD' ? 'head' : 'word'
    const of = clients.map((_, index) => ({
      [`services/call${index}`]: `${wordService(`${url}/call${index}`)}  head: { head: /word }\n`.replace(
        'words',
        `call${index}`,
      ),
      [`services/pass${index}`]: `service: pass${index}\nendpoints: ['${url}/pass${index}']\n`,
      [`routes/call${index}`]: `match: GET /call${index}\ndo: [ { invoke: call${index}.${operation} } ]\nresponse: { body: { ok: true } }`,
      [`routes/pass${index}`]: `match: ANY /pass${index}/*rest\nproxy: { service: pass${index}, path: '/{rest}' }`,
    }))
    const { port, listeners } = await startWith({ gateway: listen, ...Object.assign({}, ...of) }, pair)
    const asks = [overHttp1(port), await overHttp2(listeners[1]!.port)]
    for (const [index, client] of clients.entries()) {
      const came = {
        client,
        call: await seen(asks[index]!, `/call${index}`, row),
        passed: await seen(asks[index]!, `/pass${index}/word`, row),
      }
      expect(came).toEqual({ client, call: [row.call], passed: [row.passed] })
    }
  })
})

const hasNginx = spawnSync('nginx', ['-v']).status === 0
if (!hasNginx) console.warn('skipped, as nginx is not installed: what it makes of the faults of this table')

/** The real thing: what is asked for below `/NUMBER/` goes on to the backend of that number. */
async function startNginx(backends: readonly string[]): Promise<number> {
  const port = await freePort()
  const directory = createDirectory()
  const file = join(directory, 'nginx.conf')
  const upstreams = backends.map(
    (url, index) => `upstream b${index} { server ${url.replace('http://', '')}; keepalive 4; }`,
  )
  const locations = backends.map((_, index) => `location /${index}/ { proxy_pass http://b${index}; }`)
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  writeFileSync(
    file,
    `${process.getuid?.() === 0 ? 'user root root;' : ''} daemon off; master_process off; pid ${directory}/nginx.pid; error_log stderr;
events {}
http {
  access_log off; proxy_read_timeout 1s; proxy_http_version 1.1; proxy_set_header Connection "";
  ${temporary.map((name) => `${name}_temp_path ${directory}/${name};`).join(' ')}
  ${upstreams.join('\n')}
  server { listen 127.0.0.1:${port}; ${locations.join('\n')} }
}
`,
  )
  const child = spawn('nginx', ['-c', file, '-e', 'stderr'], { stdio: 'ignore' })
  afterTest(() => child.kill('SIGKILL'))
  await until(() => dial(port).catch(() => undefined))
  return port
}

;(hasNginx ? test : test.skip)('what nginx passes on whole is passed on here, and is the same', async () => {
  const told = Object.entries(rows).filter(([, { isStrict }]) => !isStrict)
  const port = await startNginx(await Promise.all(told.map(([, row]) => startBackend('http', row))))
  const found = await Promise.all(
    told.map(async ([name, row], index) => [name, await seen(overHttp1(port), `/${index}/word`, row)] as const),
  )
  const whole = Object.fromEntries(found.filter(([, [answer]]) => answer !== 'cut'))
  expect(whole).toMatchObject({ 'bytes behind a 204': [204], 'a chunk size with zeros before it': [200] })
  expect(Object.fromEntries(told.map(([name, { passed }]) => [name, [passed]]))).toMatchObject(whole)
})
