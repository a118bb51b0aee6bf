import { get, type IncomingMessage } from 'node:http'
import { brotliDecompressSync, createGunzip, gunzipSync, gzipSync, zstdDecompressSync } from 'node:zlib'
import { describe, expect, test } from '@jest/globals'
import { opened } from '../support/cleanup.ts'
import { startGateway } from '../support/gateway.ts'
import { startHttpServer } from '../support/servers.ts'
import { wordService } from '../support/words.ts'

const long = 'a long text, '.repeat(400)

async function start(route = '', gateway = 'compress: true') {
  const events = Promise.withResolvers<() => void>()
  const backend = await opened(
    startHttpServer((request, response) => {
      const { url } = request
      if (url === '/image') return response.writeHead(200, { 'content-type': 'image/png' }).end(long)
      if (url === '/short') return response.writeHead(200, { 'content-type': 'text/plain' }).end('short')
      if (url === '/coded')
        return response.writeHead(200, { 'content-type': 'text/plain', 'content-encoding': 'gzip' }).end(gzipSync(long))
      if (url === '/events') {
        response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n')
        events.resolve(() => response.end('data: 2\n\n'))
        return response
      }
      const headers = { 'content-type': 'text/plain', etag: '"1"', 'accept-ranges': 'bytes', vary: 'origin' }
      if (url === '/chunks') {
        response.writeHead(200, headers).write(long)
        return setImmediate(() => response.end(long))
      }
      if (url === '/private') return response.writeHead(200, { ...headers, 'cache-control': 'no-transform' }).end(long)
      return response.writeHead(200, { ...headers, 'content-length': long.length }).end(long)
    }),
  )
  const { port, entries } = await startGateway({
    gateway,
    'services/words': wordService(backend.url),
    'routes/passed': `match: ANY /*rest\nproxy: { service: words, path: '/{rest}' }\n${route}`,
  })
  const open = (path: string, headers: Record<string, string>, method = 'GET') =>
    new Promise<IncomingMessage>((resolve, reject) => {
      get({ port, path, headers, method, agent: false }, resolve).on('error', reject)
    })
  const ask = async (path: string, headers: Record<string, string> = {}, method = 'GET') => {
    const answer = await open(path, headers, method)
    const pieces: Buffer[] = []
    for await (const piece of answer) pieces.push(piece as Buffer)
    return { status: answer.statusCode, headers: answer.headers, body: Buffer.concat(pieces) }
  }
  return { ask, open, entries, events: events.promise }
}

const decoders = { br: brotliDecompressSync, zstd: zstdDecompressSync, gzip: gunzipSync }

describe('what a service answers', () => {
  test.each(['br', 'zstd', 'gzip'] as const)('goes out as %s to who takes it, whole or in pieces', async (coding) => {
    const { ask, entries } = await start()
    for (const [path, text] of [
      ['/whole', long],
      ['/chunks', long + long],
    ] as const) {
      const { headers, body } = await ask(path, { 'accept-encoding': coding })
      expect(headers).toMatchObject({ 'content-encoding': coding, vary: 'origin, accept-encoding', etag: 'W/"1"' })
      for (const name of ['content-length', 'accept-ranges']) expect(headers).not.toHaveProperty(name)
      expect(String(decoders[coding](body))).toBe(text)
      expect(body.length).toBeLessThan(text.length / 4)
      expect(entries.at(-1)!.bytes).toBe(body.length)
    }
  })

  test.each([
    ['/whole', {}],
    ['/whole', { 'accept-encoding': 'identity' }],
    ['/whole', { 'accept-encoding': 'gzip', cookie: 'a=1' }],
    ['/whole', { 'accept-encoding': 'gzip', authorization: 'Basic eA==' }],
    ['/short', { 'accept-encoding': 'gzip' }],
    ['/image', { 'accept-encoding': 'gzip' }],
    ['/private', { 'accept-encoding': 'gzip' }],
  ] as [string, Record<string, string>][])('goes out as it is: %s %j', async (path, headers) => {
    const { ask } = await start()
    const answer = await ask(path, headers)
    expect(answer.headers).not.toHaveProperty('content-encoding')
    expect(['short', long]).toContain(String(answer.body))
  })

  test('is never coded twice, nor where the route says so, nor for a HEAD', async () => {
    const { ask } = await start()
    const coded = await ask('/coded', { 'accept-encoding': 'gzip, br' })
    expect(coded.headers['content-encoding']).toBe('gzip')
    expect(String(gunzipSync(coded.body))).toBe(long)
    expect((await ask('/whole', { 'accept-encoding': 'br' }, 'HEAD')).headers['content-length']).toBe(`${long.length}`)
    const off = await start('compress: false')
    expect((await off.ask('/whole', { 'accept-encoding': 'br' })).headers).not.toHaveProperty('content-encoding')
  })

  test('to whom a cookie names goes out coded where the route itself says `compress`', async () => {
    const { ask } = await start('compress: true', '{}')
    const { headers } = await ask('/whole', { 'accept-encoding': 'br', cookie: 'a=1' })
    expect(headers['content-encoding']).toBe('br')
  })

  test('piece by piece is read piece by piece', async () => {
    const { open, events } = await start()
    const answer = await open('/events', { 'accept-encoding': 'gzip' })
    const text = answer.pipe(createGunzip())
    const pieces = text[Symbol.asyncIterator]()
    expect(String((await pieces.next()).value)).toBe('data: 1\n\n')
    const end = await events
    end()
    expect(String((await pieces.next()).value)).toBe('data: 2\n\n')
  })
})
