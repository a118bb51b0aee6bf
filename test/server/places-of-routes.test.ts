import { describe, expect, test } from '@jest/globals'
import { startGateway } from '../support/gateway.ts'
import { sendRaw } from '../support/raw.ts'

const gateway = 'listen: [{ name: public, port: 0 }, { name: inside, host: 127.0.0.1, port: 0 }]\nopenapi: true\n'
const route = (match: string, body: string, more = '') =>
  `match: ${match}\n${more}response: { body: { is: ${body} } }\n`

async function start(files: Record<string, string>) {
  const { listeners } = await startGateway({ gateway, ...files })
  const [open, inside] = listeners.map(({ port }) => port) as [number, number]
  const ask = async (port: number, path: string, host = 'gateway.test', method = 'GET') => {
    const answer = await sendRaw(port, `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
    return answer.status === 200 ? (answer.json()['is'] ?? answer.json()) : answer.status
  }
  return { open, inside, ask }
}

describe('a route of some listeners', () => {
  test('is at others as if it were not there', async () => {
    const { open, inside, ask } = await start({
      'routes/admin': route('GET /admin', 'admin', 'listeners: [inside]\n'),
      'routes/any': route('GET /any', 'any'),
    })
    expect([await ask(inside, '/admin'), await ask(inside, '/any')]).toEqual(['admin', 'any'])
    expect([await ask(open, '/admin'), await ask(open, '/any')]).toEqual([404, 'any'])
    expect(await ask(open, '/admin', 'gateway.test', 'POST')).toBe(404)
    const paths = async (port: number) =>
      Object.keys(((await ask(port, '/openapi.json')) as { paths: Record<string, unknown> }).paths)
    expect([await paths(open), await paths(inside)]).toEqual([['/any'], ['/admin', '/any']])
  })

  test('names those that there are', async () => {
    await expect(start({ 'routes/a': route('GET /a', 'a', 'listeners: [insde]\n') })).rejects.toMatchObject({
      diagnostics: [{ message: 'there is no listener `insde`', help: 'did you mean `inside`?' }],
    })
  })
})

describe('a route of some hosts', () => {
  test('is found by them, the narrowest first, whatever their case, port and last dot', async () => {
    const { open, ask } = await start({
      'routes/api': route('GET /x', 'api', 'hosts: [api.example.com]\n'),
      'routes/wild': route('GET /x', 'wild', "hosts: ['*.example.com']\n"),
      'routes/deep': route('GET /x', 'deep', "hosts: ['*.eu.example.com']\n"),
      'routes/rest': route('GET /x', 'rest'),
      'routes/only': route('GET /only', 'only', 'hosts: [api.example.com]\n'),
    })
    const hosts = ['api.example.com', 'API.example.com:8080', 'api.example.com.', 'a.b.example.com', 'a.eu.example.com']
    const found: unknown[] = []
    for (const host of [...hosts, 'example.com', 'other.test', 'evilexample.com'])
      found.push(await ask(open, '/x', host))
    expect(found).toEqual(['api', 'api', 'api', 'wild', 'deep', 'rest', 'rest', 'rest'])
    expect([await ask(open, '/only', 'api.example.com'), await ask(open, '/only', 'a.example.com')]).toEqual([
      'only',
      404,
    ])
  })

  test('may have what another has elsewhere, and not what one has there', async () => {
    const at = (name: string, host: string) => ({ [`routes/${name}`]: route('GET /x', name, `hosts: [${host}]\n`) })
    await start({ ...at('a', 'a.test'), ...at('b', 'b.test') })
    await expect(start({ ...at('a', 'a.test'), ...at('b', 'A.test') })).rejects.toMatchObject({
      diagnostics: [{ code: 'duplicate-route' }],
    })
  })
})

test('what is somewhere else shows in no problem, by no word of its path', async () => {
  const { listeners } = await startGateway({
    gateway,
    'routes/inside': route('GET /inside/{id}', 'inside', 'hosts: [inside.test]\n'),
    'routes/admin': route('GET /admin/{id}', 'admin', 'listeners: [inside]\n'),
    'routes/any': route('GET /any', 'any'),
  })
  const [open, inside] = listeners.map(({ port }) => port) as [number, number]
  const instance = async (port: number, path: string, host = 'gateway.test') =>
    (await sendRaw(port, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)).json()['instance']
  for (const path of ['/inside/7/x', '/admin/7/x', '/none/7/x']) expect(await instance(open, path)).toBe('/*')
  expect(await instance(open, '/inside/7/x', 'inside.test')).toBe('/inside/%7Bid%7D/*')
  expect(await instance(inside, '/admin/7/x')).toBe('/admin/%7Bid%7D/*')
  expect(await instance(open, '/any/x')).toBe('/any/*')
})
