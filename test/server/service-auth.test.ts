import { writeFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import type { ConfigurationError } from '../../src/server/gateway.ts'
import { createDirectory, opened } from '../support/cleanup.ts'
import { type Files, startGateway } from '../support/gateway.ts'
import { startHttpServer } from '../support/servers.ts'
import { sendToken, startTokenServer } from '../support/token-server.ts'
import { until } from '../support/waiting.ts'
import { openWebSocket, startEcho } from '../support/websocket.ts'
import { wordRoute, wordService } from '../support/words.ts'

const oauth2 = (tokenUrl: string) =>
  `auth: { oauth2: { tokenUrl: '${tokenUrl}', clientId: tessera, clientSecret: hush } }`

/** A backend that keeps what it was shown, and lets in who has one of `good`; anybody where there are none. */
async function startGuarded() {
  const shown: { url: string; authorization: string | undefined; body: string }[] = []
  const controls: {
    good: string[]
    answer: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined
  } = {
    good: [],
    answer: undefined,
  }
  const { url } = await opened(
    startHttpServer((request, response) => {
      let body = ''
      request.on('data', (piece) => (body += piece))
      request.on('end', () => {
        const { authorization } = request.headers
        shown.push({ url: request.url!, authorization, body })
        if (controls.answer?.(request, response)) return
        const isGood = controls.good.length === 0 || controls.good.includes(authorization!)
        response.writeHead(isGood ? 200 : 401, { 'content-type': 'application/json' }).end('{"word":"well"}')
      })
    }),
  )
  return Object.assign(controls, { url, shown })
}

async function start(url: string, keys: string, files: Files = {}, secrets?: string) {
  const running = await startGateway(
    {
      'services/words': wordService(url, keys),
      'routes/word': wordRoute,
      'routes/files': 'match: ANY /files/*rest\nproxy: words\n',
      ...files,
    },
    secrets === undefined ? {} : { secrets },
  )
  const get = async (path = '/word', options: RequestInit = {}) => {
    const answer = await fetch(`http://127.0.0.1:${running.port}${path}`, options)
    return { status: answer.status, body: await answer.text(), headers: answer.headers }
  }
  return { ...running, get }
}

describe('a service is shown', () => {
  test('a name and a password', async () => {
    const { url, shown } = await startGuarded()
    const { get } = await start(url, "auth: { basic: { user: gateway, password: 'hü:sh' } }")
    await get()
    await get('/files/a', { headers: { authorization: 'Bearer of-a-client' } })
    const wanted = `Basic ${Buffer.from('gateway:hü:sh').toString('base64')}`
    expect(shown.map(({ authorization }) => authorization)).toEqual([wanted, wanted])
  })

  test('what a file holds, and the next as soon as it is there', async () => {
    const { url, shown } = await startGuarded()
    const directory = createDirectory()
    writeFileSync(join(directory, 'token'), 'one\n')
    const { get } = await start(url, "auth: { bearer: '${file:token}' }", {}, directory)
    await get()
    writeFileSync(join(directory, 'token'), 'another')
    await get()
    await get('/files/a')
    expect(shown.map(({ authorization }) => authorization)).toEqual(['Bearer one', 'Bearer another', 'Bearer another'])
  })

  test('one token for calls, what is passed through, WebSockets and checks', async () => {
    const tokens = await startTokenServer()
    const { url, shown } = await startGuarded()
    const echo = await startEcho()
    const { get, port } = await start(url, `${oauth2(tokens.url)}\nhealth: { get: /health, every: 10ms }`, {
      'services/sockets': `service: sockets\nendpoints: ['${echo.url}']\n${oauth2(tokens.url)}\n`,
      'routes/sockets': 'match: GET /sockets\nproxy: sockets\n',
    })
    await Promise.all([get(), get(), get('/files/a'), get('/files/b', { method: 'POST', body: 'some' })])
    const { socket, status } = await openWebSocket(port, '/sockets')
    socket.destroy()
    expect(status).toBe(101)
    await until(() => shown.some(({ url }) => url === '/health'), 'a check')
    expect(new Set(shown.map(({ authorization }) => authorization))).toEqual(new Set(['Bearer token-1']))
    expect(echo.requests[0]!.headers.authorization).toBe('Bearer token-1')
    expect(tokens.asked.length).toBe(1)
  })

  test('a token that outlives a reload which leaves it as it is', async () => {
    const tokens = await startTokenServer()
    const { url, shown } = await startGuarded()
    const { get, gateway, directory } = await start(url, oauth2(tokens.url))
    await get()
    writeFileSync(
      join(directory, 'config/services/words.yaml'),
      wordService(url, `${oauth2(tokens.url)}\nconnections: 7`),
    )
    expect(await gateway.reload()).toMatchObject({ ok: true, changed: true })
    await get()
    writeFileSync(
      join(directory, 'config/services/words.yaml'),
      wordService(url, oauth2(tokens.url).replace('hush', 'hush2')),
    )
    await gateway.reload()
    await get()
    expect(shown.map(({ authorization }) => authorization)).toEqual([
      'Bearer token-1',
      'Bearer token-1',
      'Bearer token-2',
    ])
  })
})

describe('a token that is refused', () => {
  test('is dropped, and what was asked is asked once more, with its body', async () => {
    const tokens = await startTokenServer()
    const backend = await startGuarded()
    const { get } = await start(backend.url, oauth2(tokens.url), {
      'routes/post':
        'match: POST /post\ndo: [ { invoke: { service: words, post: /post, body: { a: 1 }, out: { word: $.word } } } ]\nresponse: { body: $.word }\n',
    })
    await get()
    backend.good = ['Bearer token-2']
    expect((await get('/post', { method: 'POST' })).status).toBe(200)
    expect(backend.shown.slice(1)).toEqual([
      { url: '/post', authorization: 'Bearer token-1', body: '{"a":1}' },
      { url: '/post', authorization: 'Bearer token-2', body: '{"a":1}' },
    ])
  })

  test('is asked for anew once, whatever the service says of the next', async () => {
    const tokens = await startTokenServer()
    const backend = await startGuarded()
    backend.good = ['none']
    const { get } = await start(backend.url, oauth2(tokens.url))
    for (let turn = 0; turn < 5; turn++) expect((await get()).status).toBe(502)
    expect((await get('/files/a')).status).toBe(401)
    expect(tokens.asked.length).toBe(2)
    expect(backend.shown.length).toBe(7)
  })

  test('is dropped too where the operation takes a 401 for an answer', async () => {
    const tokens = await startTokenServer()
    const backend = await startGuarded()
    const { get } = await start(backend.url, oauth2(tokens.url), {
      'routes/asks':
        'match: GET /asks\ndo: [ { invoke: { service: words, get: /asks, ok: [200, 401], out: { word: $.word } } } ]\nresponse: { body: $.word }\n',
    })
    backend.good = ['Bearer token-2']
    expect((await get('/asks')).status).toBe(200)
    expect(backend.shown.map(({ authorization }) => authorization)).toEqual(['Bearer token-1', 'Bearer token-2'])
    // What is refused whatever it is shown is the answer.
    backend.good = ['none']
    expect((await get('/asks')).status).toBe(200)
  })

  test('is had anew for what is passed through, where nothing of it is gone', async () => {
    const tokens = await startTokenServer()
    const backend = await startGuarded()
    const { get } = await start(backend.url, oauth2(tokens.url))
    await get('/files/a')
    backend.good = ['Bearer token-2']
    expect((await get('/files/a')).status).toBe(200)
    backend.good = ['Bearer token-3']
    expect((await get('/files/b', { method: 'POST', body: 'some' })).status).toBe(401)
    expect(backend.shown.filter(({ url }) => url === '/files/b').length).toBe(1)
  })
})

describe('a token server that gives nothing', () => {
  test('is told apart, and nothing is held against the service', async () => {
    const tokens = await startTokenServer()
    tokens.answer = (response) => sendToken(response, { error: 'invalid_client' }, 400)
    const backend = await startGuarded()
    const care = 'outlier: { failures: 1, maxEjected: 100% }\nbreaker: { minCalls: 1, errorRate: 1% }'
    const { get, lines, adminPort } = await start(backend.url, `${oauth2(tokens.url)}\n${care}`)
    for (const path of ['/word', '/files/a']) {
      const { status, body, headers } = await get(path)
      expect([path, status, JSON.parse(body).type ?? JSON.parse(body).error]).toEqual([
        path,
        503,
        expect.stringContaining('credentials-unavailable'),
      ])
      expect(headers.get('retry-after')).toBe('1')
      expect(body).not.toContain('invalid_client')
    }
    expect(lines.join('')).toContain('it answered 400 (invalid_client)')
    const metrics = await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text()
    expect(metrics).toMatch(
      /tessera_endpoint_ejections_total\{[^}]*\} 0|^(?![\s\S]*tessera_endpoint_ejections_total\{)/,
    )
    expect(metrics).not.toContain('circuit-open')
    expect(backend.shown).toEqual([])
  })
})

describe('a token goes to its service alone', () => {
  test('to no copy, but that of a service by its own where credentials are copied', async () => {
    const tokens = await startTokenServer()
    const [backend, shadow, trusted] = [await startGuarded(), await startGuarded(), await startGuarded()]
    const other = 'match: GET /other\ndo: [ { invoke: others.word } ]\nresponse: { body: $.word }\n'
    const { get } = await start(
      backend.url,
      `${oauth2(tokens.url)}\nmirror: { to: '${shadow.url}', credentials: true }`,
      {
        'services/others': wordService(
          backend.url,
          `${oauth2(tokens.url)}\nmirror: { to: trusted, credentials: true }`,
        ).replace('service: words', 'service: others'),
        'services/trusted': `service: trusted\nendpoints: ['${trusted.url}']\nauth: { bearer: own }\n`,
        'routes/other': other,
      },
    )
    await get()
    await get('/other')
    await until(() => shadow.shown.length > 0 && trusted.shown.length > 0, 'both copies')
    expect([backend, shadow, trusted].map(({ shown }) => shown[0]!.authorization)).toEqual([
      'Bearer token-1',
      undefined,
      'Bearer own',
    ])
  })

  test('to no other origin that a redirect leads to', async () => {
    const tokens = await startTokenServer()
    const [backend, elsewhere] = [await startGuarded(), await startGuarded()]
    backend.answer = (_, response) => {
      response.writeHead(302, { location: `${elsewhere.url}/word` }).end()
      return true
    }
    const { get } = await start(backend.url, `${oauth2(tokens.url)}\nfollow: { max: 2, to: ['${elsewhere.url}'] }`)
    expect((await get()).status).toBe(200)
    expect(backend.shown[0]!.authorization).toBe('Bearer token-1')
    expect(elsewhere.shown[0]!.authorization).toBeUndefined()
  })

  test('into no log, metric, answer or trace, nor does the secret', async () => {
    const tokens = await startTokenServer()
    const backend = await startGuarded()
    const { get, lines, adminPort } = await start(backend.url, oauth2(tokens.url))
    backend.answer = (_, response) => {
      response.writeHead(500).end()
      return true
    }
    const answers = [await get(), await get('/files/a')]
    const metrics = await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text()
    const config = await (await fetch(`http://127.0.0.1:${adminPort}/-/config`)).text()
    const all =
      lines.join('') + metrics + config + JSON.stringify(answers.map(({ body, headers }) => [body, [...headers]]))
    expect(backend.shown[0]!.authorization).toBe('Bearer token-1')
    for (const secret of ['token-1', 'hush']) expect(all).not.toContain(secret)
  })

  test('and answers that others may be given are kept as if there were none', async () => {
    const tokens = await startTokenServer()
    const backend = await startGuarded()
    const { get } = await start(backend.url, `${oauth2(tokens.url)}\ncache: { ttl: 1m }`)
    await get()
    await get()
    expect(backend.shown.length).toBe(1)
  })
})

describe('what cannot hold is an error at load', () => {
  async function faults(keys: string, files: Files = {}) {
    try {
      await start('https://127.0.0.1:9', keys, files)
      return []
    } catch (thrown) {
      return (thrown as ConfigurationError).diagnostics
        .filter(({ severity }) => severity === 'error')
        .map(({ message }) => message)
    }
  }

  test.each([
    ['auth: { basic: { user: "a:b", password: x } }', /has no colon/],
    ['auth: { bearer: x, basic: { user: a, password: x } }', /one of basic, bearer, oauth2/],
    ['auth: { bearer: "one\\ntwo" }', /^a token is one line of letters that a header can carry$/],
    ['auth: { bearer: }', /^expected text$/],
    ['auth: { basic: { user: a, password: [x] } }', /^expected text$/],
    ['auth: { }', /one of basic, bearer, oauth2/],
    [oauth2('http://id.example.com/token'), /over https, unless it is on this machine/],
    [oauth2('ftp://id.example.com/'), /is not a URL of http or https/],
    [oauth2('https://a:b@id.example.com/'), /no credentials and no fragment/],
    [
      "auth: { oauth2: { tokenUrl: 'https://id.test/', clientId: a, clientSecret: x, clientAuth: private-key } }",
      /holds no private key/,
    ],
    ['auth: { bearer: x }\nheaders: { Authorization: y }', /is what `auth` of the service says/],
  ])('%s', async (keys, message) => {
    expect(await faults(keys)).toEqual([expect.stringMatching(message)])
  })

  test('a client’s own beside it', async () => {
    const route = (proxy: string) => ({
      'routes/files': `match: ANY /files/*rest\nproxy: { service: words, ${proxy} }\n`,
    })
    expect(await faults('auth: { bearer: x }', route('pass: [authorization]'))).toEqual([
      'the client’s `authorization` cannot go on',
    ])
    expect(await faults('auth: { bearer: x }', route('headers: { authorization: y }'))).toEqual([
      '`authorization` is said already',
    ])
  })
})
