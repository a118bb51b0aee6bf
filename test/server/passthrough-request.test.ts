import type { IncomingMessage, RequestListener } from 'node:http'
import { describe, expect, test } from '@jest/globals'
import { opened } from '../support/cleanup.ts'
import { startGateway } from '../support/gateway.ts'
import { request, sendRaw } from '../support/raw.ts'
import { startHttpServer } from '../support/servers.ts'
import { openWebSocket, startEcho } from '../support/websocket.ts'

const dictionary = 'colors: { tenant.id: { type: string }, geo.city: { type: string } }\n'

async function startBehind(
  route: string,
  listener: RequestListener = (_request, response) => void response.end('fine'),
  prefix = '',
) {
  const seen: { url: string; headers: IncomingMessage['headers'] }[] = []
  const backend = await opened(
    startHttpServer((request, response) => {
      seen.push({ url: request.url!, headers: request.headers })
      listener(request, response)
    }),
  )
  const gateway = await startGateway({
    dictionary,
    'services/files': `service: files\nendpoints: ['${backend.url}${prefix}']\n`,
    'routes/files': route,
  })
  const get = (target: string, ...headers: string[]) =>
    sendRaw(gateway.port, request(`GET ${target} HTTP/1.1`, ...headers))
  return { ...gateway, backend, seen, get }
}

const credentials = ['Authorization: Bearer x', 'Cookie: sid=1; theme="a b";  lang=de', 'X-Api-Key: k', 'X-Other: o']

describe('credentials of a client', () => {
  const routeWith = (proxy: string) => `match: ANY /files/*rest\nproxy: { service: files${proxy} }\n`

  test('stay here unless the route passes them', async () => {
    const { seen, get } = await startBehind('match: ANY /files/*rest\nproxy: files\n')
    await get('/files/a', ...credentials)
    const { headers } = seen[0]!
    expect(headers).toMatchObject({ 'x-other': 'o' })
    for (const name of ['authorization', 'cookie', 'x-api-key']) expect(headers[name]).toBeUndefined()
  })

  test.each([
    [', pass: [authorization]', { authorization: 'Bearer x', cookie: undefined, 'x-api-key': undefined }],
    [
      ', pass: [Cookie, X-Api-Key]',
      { authorization: undefined, cookie: 'sid=1; theme="a b";  lang=de', 'x-api-key': 'k' },
    ],
    [', pass: [cookie.theme]', { authorization: undefined, cookie: 'theme="a b"' }],
    [', pass: [cookie.nothing]', { cookie: undefined }],
    [', pass: [cookie.lang, cookie.sid]', { cookie: 'sid=1;  lang=de' }],
    [', pass: [cookie], drop: [cookie.sid, X-Other]', { cookie: 'theme="a b";  lang=de', 'x-other': undefined }],
    [', drop: [x-other, cookie]', { 'x-other': undefined, cookie: undefined }],
  ])('%s', async (proxy, wanted) => {
    const { seen, get } = await startBehind(routeWith(proxy))
    await get('/files/a', ...credentials)
    const { headers } = seen[0]!
    for (const [name, value] of Object.entries(wanted)) expect([name, headers[name]]).toEqual([name, value])
  })

  test('and those of a WebSocket too', async () => {
    const echo = await startEcho()
    const { port } = await startGateway({
      'services/files': `service: files\nendpoints: ['${echo.url}']\n`,
      'routes/files': routeWith(', pass: [cookie.sid]'),
    })
    const { socket } = await openWebSocket(port, '/files/a', ...credentials)
    socket.destroy()
    expect(echo.requests[0]!.headers).toMatchObject({ cookie: 'sid=1', 'x-other': 'o' })
    expect(echo.requests[0]!.headers.authorization).toBeUndefined()
  })
})

describe('headers that a route sets', () => {
  test('stand in place of the client’s, from its inputs and parts of its head', async () => {
    const { seen, get } = await startBehind(
      [
        'match: ANY /{tenant}/files/*rest',
        "in: { tenant.id: path.tenant, 'geo.city?': query.city }",
        'proxy:',
        '  service: files',
        "  headers: { x-tenant: $.tenant.id, x-city: $.geo.city, x-from: '${ request.ip }', x-fixed: one, authorization: Basic eDp5 }",
        '',
      ].join('\n'),
    )
    await get('/acme/files/a?city=paris', 'X-Tenant: evil', 'X-Fixed: two', 'Authorization: Bearer x')
    expect(seen[0]!.headers).toMatchObject({
      'x-tenant': 'acme',
      'x-city': 'paris',
      'x-from': '127.0.0.1',
      'x-fixed': 'one',
      authorization: 'Basic eDp5',
    })
    await get('/acme/files/a', 'X-City: evil')
    expect(seen[1]!.headers['x-city']).toBeUndefined()
  })

  test('what cannot be one is the client’s fault, and nothing is sent', async () => {
    const { seen, get } = await startBehind(
      'match: ANY /files/*rest\nin: { geo.city: query.city }\nproxy: { service: files, headers: { x-city: $.geo.city } }\n',
    )
    for (const query of ['?city=%0d%0ax-evil:%201', '?city=%E6%9D%B1', '']) {
      const answer = await get(`/files/a${query}`)
      expect(answer.status).toBe(400)
      expect(answer.json()).toMatchObject({ code: 'invalid-input' })
    }
    expect(seen).toEqual([])
  })
})

describe('the path that is asked for', () => {
  test('has the parameters byte for byte, and the query as it came', async () => {
    const { seen, get } = await startBehind(
      "match: ANY /shop/{area}/*rest\nproxy: { service: files, path: '/v2/{rest}/in/{area}' }\n",
      undefined,
      '/base',
    )
    await get('/shop/a%2Fb/x//y;z=%7e?q=%zz&a=1+2&&')
    await get('/shop/a/')
    expect(seen.map(({ url }) => url)).toEqual(['/base/v2/x//y;z=%7e/in/a%2Fb?q=%zz&a=1+2&&', '/base/v2//in/a'])
  })

  test('of a route with several paths is that of the one that came', async () => {
    const { seen, get } = await startBehind(
      "match: ['GET /old/{id}', '/shop/items/{id}']\nproxy: { service: files, path: '/items/{id}' }\n",
    )
    await get('/old/1')
    await get('/shop/items/2')
    expect(seen.map(({ url }) => url)).toEqual(['/items/1', '/items/2'])
  })
})

test('`host: client` tells the service the host that the client asked for', async () => {
  const { seen, get } = await startBehind('match: ANY /files/*rest\nproxy: { service: files, host: client }\n')
  await get('/files/a')
  expect(seen[0]!.headers.host).toBe('gateway.test')
})

describe('places in the answer are written back to the client’s', () => {
  const answering = (headers: (home: string) => Record<string, string | string[]>, route: string, prefix = '') =>
    startBehind(
      route,
      ({ headers: { host } }, response) => {
        response.writeHead(302, headers(`http://${host}`)).end()
      },
      prefix,
    )

  test.each([
    ['/base', '/files/*rest', '', '/base/files/b?x=1#y', '/files/b?x=1#y'],
    ['/base', '/files/*rest', '', 'HOME/base/files/b', '/files/b'],
    ['/base', '/files/*rest', '', 'HOME/other', '/other'],
    ['/base', '/files/*rest', '', '/other', '/other'],
    ['/base', '/files/*rest', '', 'b?x', 'b?x'],
    ['', '/files/*rest', '', 'https://elsewhere.example/files/b', 'https://elsewhere.example/files/b'],
    ['', '/files/*rest', '', 'HOME//evil.example/x', 'HOME//evil.example/x'],
    ['/base', '/files/*rest', '', '/base//evil.example/x', '/base//evil.example/x'],
    ['/base', '/files/*rest', '', '/base/\\evil.example/x', '/base/\\evil.example/x'],
    ['', '/files/*rest', '/v2/{rest}', '/v2/c/d', '/files/c/d'],
    ['/base', '/a/{x}/*rest', '/v2/{x}/{rest}', 'HOME/base/v2/1/c/d?e', '/a/1/c/d?e'],
    ['', '/a/{x}', '/v2/{x}/end', '/v2/1/end', '/a/1'],
    ['', '/a/{x}', '/v2/{x}/end', '/v2/1/2/end', '/v2/1/2/end'],
    ['', '/a/{x}/*rest', '/v2/{rest}', '/v2/c', '/v2/c'],
  ])('Location: %s + %s, path %s: %s → %s', async (prefix, match, path, came, wanted) => {
    const proxy = `proxy: { service: files${path && `, path: '${path}'`} }`
    const { backend, get } = await answering(
      (home) => ({ location: came.replace('HOME', home), 'content-location': came.replace('HOME', home) }),
      `match: ANY ${match}\n${proxy}\n`,
      prefix,
    )
    const answer = await get(match.replace('{x}', '1').replace('*rest', 'z'))
    expect(answer.header('location')).toBe(wanted.replace('HOME', backend.url))
    expect(answer.header('content-location')).toBe(wanted.replace('HOME', backend.url))
  })

  test('cookies for the service’s host are for the client’s, below the path that leads there', async () => {
    const cookies = [
      'a=1; Domain=127.0.0.1; Path=/base/files; HttpOnly',
      'b=2; domain=.gateway.test; path=/base',
      'c=3; Domain=shop.example; Path=/other; SameSite=Lax',
      'd=4',
    ]
    const { get } = await answering(
      () => ({ 'set-cookie': cookies }),
      'match: ANY /files/*rest\nproxy: files\n',
      '/base',
    )
    const answer = await get('/files/a')
    expect([...answer.head.matchAll(/^set-cookie: (.*)$/gim)].map(([, value]) => value!.trim())).toEqual([
      'a=1; Path=/files; HttpOnly',
      'b=2; domain=.gateway.test; path=/',
      'c=3; Domain=shop.example; Path=/; SameSite=Lax',
      'd=4',
    ])
  })
})
