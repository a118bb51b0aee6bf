import { get, type IncomingMessage } from 'node:http'
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import { describe, expect, test } from '@jest/globals'
import { compressor } from '../../src/browsers/coding/compressor.ts'
import { afterTest } from '../support/cleanup.ts'
import { startGateway } from '../support/gateway.ts'

const long = 'a long text, '.repeat(400)
const routes = {
  'routes/long': `match: GET /long\netag: true\nresponse: { body: ${JSON.stringify(long)} }\n`,
  'routes/short': 'match: GET /short\nresponse: { body: short }\n',
  'routes/kept': `match: GET /kept\ncache: { ttl: 1m }\netag: true\nresponse: { body: ${JSON.stringify(long)} }\n`,
  'routes/as-is': `match: GET /as-is\nresponse: { headers: { cache-control: no-transform, etag: '"1"' }, body: ${JSON.stringify(long)} }\n`,
  'routes/off': `match: GET /off\ncompress: false\nresponse: { body: ${JSON.stringify(long)} }\n`,
  'routes/mine': `match: GET /mine\nin: { user.id?: cookie.sid }\nresponse: { body: [${JSON.stringify(long)}, $.user.id] }\n`,
  'routes/told': `match: GET /told\ncompress: { encodings: [gzip] }\nin: { user.id?: cookie.sid }\nresponse: { body: [${JSON.stringify(long)}, $.user.id] }\n`,
}

const tool = {
  'routes/tool': `match: GET /tool\nsummary: ${long}\ntool: true\nresponse: { body: 1 }\n`,
}

async function start(gateway = 'compress: true') {
  const { port, entries } = await startGateway({ gateway, ...routes, ...(gateway.includes('mcp') && tool) })
  const ask = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    new Promise<{ status: number; headers: IncomingMessage['headers']; body: Buffer }>((resolve, reject) => {
      const request = get({ port, path, headers, method, agent: false }, (answer) => {
        const pieces: Buffer[] = []
        answer.on('data', (piece: Buffer) => pieces.push(piece))
        answer.on('end', () =>
          resolve({ status: answer.statusCode!, headers: answer.headers, body: Buffer.concat(pieces) }),
        )
      })
      request.on('error', reject)
    })
  return { ask, entries, port }
}

const decoders = { br: brotliDecompressSync, zstd: zstdDecompressSync, gzip: gunzipSync }

describe('what the gateway answers by itself', () => {
  const gateway = 'compress: true\nopenapi: true\nmcp: true\n'

  test('is compressed to who takes that: the description, and lists of tools', async () => {
    const { ask, port } = await start(`${gateway}`)
    const plain = await ask('/openapi.json')
    expect([plain.headers['content-encoding'], plain.headers.vary]).toEqual([undefined, 'accept-encoding'])
    for (const coding of ['br', 'gzip'] as const) {
      const { headers, body } = await ask('/openapi.json', { 'accept-encoding': coding })
      expect(headers['content-encoding']).toBe(coding)
      expect(decoders[coding](body).equals(plain.body)).toBe(true)
    }
    const list = await listTools(port)
    expect([list.headers.get('content-encoding'), list.headers.get('vary')]).toEqual(['gzip', 'accept-encoding'])
    expect(((await list.json()) as { result: { tools: unknown[] } }).result.tools).toHaveLength(1)
  })

  test('stays as it is where a browser sends by itself who asks, and where nobody says `compress`', async () => {
    const { ask, port } = await start(gateway)
    const cookie = { 'accept-encoding': 'br', cookie: 'a=b' }
    expect((await ask('/openapi.json', cookie)).headers['content-encoding']).toBeUndefined()
    expect((await listTools(port, { cookie: 'a=b' })).headers.get('content-encoding')).toBeNull()
    const off = await start('openapi: true')
    const { headers } = await off.ask('/openapi.json', { 'accept-encoding': 'br' })
    expect([headers['content-encoding'], headers.vary]).toEqual([undefined, undefined])
  })

  const listTools = (port: number, headers: Record<string, string> = {}) =>
    fetch(`http://127.0.0.1:${port}/mcp`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'accept-encoding': 'gzip', ...headers },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
    })
})

describe('an answer', () => {
  test.each(['br', 'zstd', 'gzip'] as const)('goes out as %s to who takes it, and is the same then', async (coding) => {
    const { ask, entries } = await start()
    const { headers, body } = await ask('/long', { 'accept-encoding': coding })
    expect([headers['content-encoding'], headers.vary]).toEqual([coding, 'accept-encoding'])
    expect(headers['content-length']).toBe(String(body.length))
    expect(body.length).toBeLessThan(long.length / 4)
    expect(JSON.parse(String(decoders[coding](body)))).toBe(long)
    expect(entries[0]!.bytes).toBe(body.length)
  })

  test('goes out as it is to who says nothing, takes no coding, or where it is short; caches know why', async () => {
    const { ask } = await start()
    for (const [path, headers] of [
      ['/long', {}],
      ['/long', { 'accept-encoding': 'identity' }],
      ['/short', { 'accept-encoding': 'br' }],
    ] as const) {
      const answer = await ask(path, headers)
      expect([answer.headers['content-encoding'], answer.headers.vary]).toEqual([undefined, 'accept-encoding'])
      expect(answer.body.length).toBeGreaterThan(0)
    }
  })

  test('that is short is coded for who takes nothing else', async () => {
    const { ask } = await start()
    const { headers, body } = await ask('/short', { 'accept-encoding': 'gzip, identity;q=0' })
    expect([headers['content-encoding'], String(gunzipSync(body))]).toEqual(['gzip', '"short"'])
  })

  test('that may not be transformed is not, and keeps its tag', async () => {
    const { ask } = await start()
    const { headers, body } = await ask('/as-is', { 'accept-encoding': 'br' })
    expect([headers['content-encoding'], headers.etag, headers.vary, body.length]).toEqual([
      undefined,
      '"1"',
      undefined,
      long.length + 2,
    ])
  })

  test('to HEAD has the headers of that to GET', async () => {
    const { ask } = await start()
    const accepts = { 'accept-encoding': 'gzip' }
    const [full, head] = [await ask('/long', accepts), await ask('/long', accepts, 'HEAD')]
    const told = ({ headers }: typeof full) => [
      headers['content-length'],
      headers['content-encoding'],
      headers.etag,
      headers.vary,
    ]
    expect(told(head)).toEqual(told(full))
    expect(head.body).toHaveLength(0)
  })

  test('has one weak tag in all codings, by which each client finds that it has it', async () => {
    const { ask } = await start()
    const etags: unknown[] = []
    for (const coding of ['br', 'gzip', 'identity']) {
      const { headers } = await ask('/long', { 'accept-encoding': coding })
      etags.push(headers.etag)
      const known = await ask('/long', { 'accept-encoding': coding, 'if-none-match': headers.etag! })
      expect([known.status, known.headers.etag, known.headers.vary, known.headers['content-encoding']]).toEqual([
        304,
        headers.etag,
        'accept-encoding',
        undefined,
      ])
    }
    expect(new Set(etags).size).toBe(1)
    expect(etags[0]).toMatch(/^W\/"/)
  })

  test('that is kept is kept as it is, and each client gets its own coding of it', async () => {
    const { ask } = await start()
    for (const coding of ['br', 'gzip', 'br', 'zstd'] as const) {
      const { body } = await ask('/kept', { 'accept-encoding': coding })
      expect(JSON.parse(String(decoders[coding](body)))).toBe(long)
    }
    const { headers, body } = await ask('/kept')
    expect([headers['cache-status'], JSON.parse(String(body))]).toEqual([expect.stringContaining('hit'), long])
  })

  test('of a route that says `false`, or a gateway that says nothing, goes out as it is', async () => {
    const accepts = { 'accept-encoding': 'br, gzip' }
    const { ask } = await start()
    for (const { headers } of [await ask('/off', accepts), await (await start('')).ask('/long', accepts)])
      expect([headers['content-encoding'], headers.vary]).toEqual([undefined, undefined])
  })

  test('to somebody whom a cookie or password names is compressed only where its route says so', async () => {
    const { ask } = await start()
    const coding = async (path: string, headers: Record<string, string>) =>
      (await ask(path, { 'accept-encoding': 'br, gzip', ...headers })).headers['content-encoding']
    expect(await coding('/mine', { cookie: 'sid=1' })).toBeUndefined()
    expect(await coding('/mine', {})).toBe('br')
    expect(await coding('/long', { cookie: 'sid=1' })).toBe('br')
    expect(await coding('/long', { authorization: 'Basic YTpi' })).toBeUndefined()
    expect(await coding('/long', { authorization: 'Bearer a' })).toBe('br')
    expect(await coding('/told', { cookie: 'sid=1', authorization: 'Basic YTpi' })).toBe('gzip')
  })
})

/** Stands in for the threads that compress, until the test ends. */
function replaceCompressor(compress: typeof compressor.compress): void {
  const before = compressor.compress
  compressor.compress = compress
  afterTest(() => {
    compressor.compress = before
  })
}

test('what is kept is compressed once for each coding, however many get it', async () => {
  const { ask } = await start()
  await ask('/kept')
  const coded: string[] = []
  const compress = compressor.compress.bind(compressor)
  replaceCompressor((bytes, coding) => {
    coded.push(coding)
    return compress(bytes, coding)
  })
  for (const coding of ['br', 'gzip', 'br', 'gzip', 'br']) await ask('/kept', { 'accept-encoding': coding })
  expect(coded).toEqual(['br', 'gzip'])
})

test.each([
  ['fails', () => Promise.reject(new Error('no memory'))],
  ['has too much to do', () => undefined],
])('an answer goes out as it is where what compresses %s, and the next is tried again', async (_, compress) => {
  const { ask } = await start()
  let tries = 0
  replaceCompressor(() => {
    tries++
    return compress()
  })
  for (const tried of [1, 2]) {
    const { status, headers, body } = await ask('/kept', { 'accept-encoding': 'br' })
    expect([status, headers['content-encoding'], JSON.parse(String(body)), tries]).toEqual([
      200,
      undefined,
      long,
      tried,
    ])
  }
})
