import type { ServerResponse } from 'node:http'
import { describe, expect, test } from '@jest/globals'
import { opened } from '../support/cleanup.ts'
import { startGateway } from '../support/gateway.ts'
import { startHttpServer } from '../support/servers.ts'
import { wordRoute, wordService } from '../support/words.ts'

const headers = "headers: { x-frame-options: DENY, cache-control: 'public, max-age=60', x-own: route }"

async function start(keys: string, answer: (response: ServerResponse) => void) {
  const backend = await opened(startHttpServer((_request, response) => answer(response)))
  const { port } = await startGateway({
    'services/words': wordService(backend.url),
    'routes/word': `${wordRoute}${keys}`,
    'routes/raw': `match: ANY /raw/*rest\nproxy: words\n${keys}`,
    'routes/said': `match: GET /said\nresponse: { headers: { X-Own: answer }, body: said }\n${keys}`,
    'routes/left': `match: GET /left\ndo: [ { respond: { status: 404, headers: { x-own: left }, body: left } } ]\n${keys}`,
    'routes/once': `match: GET /once\nresponse: { body: once }\nlimit: { rate: 1/h }\n${keys}`,
  })
  return async (path: string, init: RequestInit = {}) => {
    const { status, headers: got } = await fetch(`http://127.0.0.1:${port}${path}`, init)
    return [status, got.get('x-frame-options'), got.get('cache-control'), got.get('x-own')]
  }
}

const word = (response: ServerResponse) => response.end('{"word":"well"}')
const broken = (response: ServerResponse) =>
  response.writeHead(500, { 'cache-control': 'max-age=9', 'X-Own': 'service' }).end('{}')

describe('the headers of a route are on every answer of it', () => {
  test('on a page, and on what is passed through in place of what the service says', async () => {
    const ask = await start(headers, (response) => {
      response.setHeader('X-Own', 'service')
      word(response)
    })
    expect(await ask('/word')).toEqual([200, 'DENY', 'public, max-age=60', 'route'])
    expect(await ask('/raw/word')).toEqual([200, 'DENY', 'public, max-age=60', 'route'])
  })

  test('but for those that the answer itself says', async () => {
    const ask = await start(headers, word)
    expect(await ask('/said')).toEqual([200, 'DENY', 'public, max-age=60', 'answer'])
    expect(await ask('/left')).toEqual([404, 'DENY', null, 'left'])
  })

  test('on failures, refusals and passed on errors, where no cache is told to keep them', async () => {
    const ask = await start(headers, broken)
    expect(await ask('/word')).toEqual([502, 'DENY', null, 'route'])
    expect(await ask('/raw/word')).toEqual([500, 'DENY', 'max-age=9', 'route'])
    expect((await ask('/once'))[0]).toBe(200)
    expect(await ask('/once')).toEqual([429, 'DENY', null, 'route'])
    const body = 'x'.repeat(2 * 1024 * 1024)
    expect(await ask('/raw/word', { method: 'POST', body })).toEqual([413, 'DENY', null, 'route'])
  })

  test('and `no-store` is on errors too', async () => {
    const ask = await start('headers: { cache-control: no-store }', broken)
    expect(await ask('/word')).toEqual([502, null, 'no-store', null])
    expect(await ask('/raw/word')).toEqual([500, null, 'no-store', 'service'])
  })

  test('a list is a header each, and the cookies and Vary of a service stay', async () => {
    const backend = await opened(
      startHttpServer((_request, response) => {
        response.setHeader('set-cookie', ['a=1', 'b=2']).setHeader('vary', 'accept').end('{}')
      }),
    )
    const { port } = await startGateway({
      'services/words': wordService(backend.url),
      'routes/raw': 'match: GET /raw\nproxy: words\nheaders: { set-cookie: [c=3, d=4], Vary: origin }',
    })
    const { headers: got } = await fetch(`http://127.0.0.1:${port}/raw`)
    expect(got.getSetCookie()).toEqual(['a=1', 'b=2', 'c=3', 'd=4'])
    expect(got.get('vary')).toBe('accept, origin')
  })

  test('a degraded answer is kept no longer than `degradedMaxAge`, whatever the route says of caches', async () => {
    const backend = await opened(startHttpServer((_request, response) => broken(response)))
    const { port } = await startGateway({
      'services/words': wordService(backend.url),
      'routes/word': `match: GET /word
do: [ { invoke: words.word, optional: true } ]
response: { body: { word: $.word } }
degradedMaxAge: 2s
${headers}`,
    })
    const { headers: got } = await fetch(`http://127.0.0.1:${port}/word`)
    expect(got.get('cache-control')).toBe('public, max-age=2')
  })
})
