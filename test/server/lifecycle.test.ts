import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, get } from 'node:http'
import { networkInterfaces } from 'node:os'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import express from 'express'
import { afterTest, createDirectory, opened } from '../support/cleanup.ts'
import { startGateway, startIn, writeFiles } from '../support/gateway.ts'
import { dial, parseAnswer, readAll, request, sendRaw } from '../support/raw.ts'
import { startHttpServer } from '../support/servers.ts'
import { until } from '../support/waiting.ts'
import { dictionary, wordRoute, wordService } from '../support/words.ts'

const fixed = 'match: GET /fixed\nresponse: { body: { fixed: true } }\n'

async function startSlowWord(delayMs: number) {
  const backend = await opened(
    startHttpServer((_request, response) => void setTimeout(() => response.end('{"word":"done"}'), delayMs)),
  )
  const files = { 'services/words': wordService(backend.url), 'routes/word': wordRoute, 'routes/fixed': fixed }
  return { backend, files }
}

describe('readiness', () => {
  test('is none of a client’s: a loop that something held for more than a second is ready', async () => {
    const { adminPort } = await startGateway({ 'routes/fixed': fixed })
    const ready = () => fetch(`http://127.0.0.1:${adminPort}/readyz?verbose`)
    expect((await ready()).status).toBe(200)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1300)
    const answer = await ready()
    expect([answer.status, await answer.text()]).toEqual([200, expect.not.stringContaining('[-]')])
  })
})

describe('closing', () => {
  test('answers what was accepted, fails readiness first, and ends every connection', async () => {
    const { files, backend } = await startSlowWord(800)
    const { gateway, port, adminPort } = await startGateway(files)
    const underway = await dial(port)
    const idle = await dial(port)
    const underwayAnswer = readAll(underway)
    underway.write('GET /word HTTP/1.1\r\nHost: a\r\n\r\n')
    await backend.connected()
    const closed = gateway.close()
    const ready = await fetch(`http://127.0.0.1:${adminPort}/readyz`)
    expect(ready.status).toBe(503)
    const idleAnswer = readAll(idle)
    idle.write('GET /fixed HTTP/1.1\r\nHost: a\r\n\r\n')
    expect(parseAnswer(await idleAnswer)).toMatchObject({ status: 200 })
    const answer = parseAnswer(await underwayAnswer)
    expect([answer.status, answer.header('connection'), answer.json()]).toEqual([200, 'close', { word: 'done' }])
    await closed
    await expect(fetch(`http://127.0.0.1:${port}/fixed`)).rejects.toThrow()
    await expect(fetch(`http://127.0.0.1:${adminPort}/livez`)).rejects.toThrow()
    expect(backend.sockets.size).toBe(0)
  })

  test('twice is once', async () => {
    const { gateway } = await startGateway({ 'routes/fixed': fixed })
    expect(gateway.close()).toBe(gateway.close())
    await gateway.close()
  })

  test('under load loses no accepted request', async () => {
    const { files } = await startSlowWord(20)
    const { gateway, port, entries } = await startGateway(files)
    const agent = new Agent({ keepAlive: true, maxSockets: 16 })
    afterTest(() => agent.destroy())
    const outcomes: string[] = []
    const ask = () =>
      new Promise<string>((resolve) => {
        const asked = get({ port, path: '/word', agent }, async (response) => {
          let text = ''
          for await (const chunk of response) text += chunk
          resolve(`${response.statusCode} ${text}`)
        })
        asked.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
      })
    const load = Array.from({ length: 16 }, async () => {
      for (;;) {
        const outcome = await ask()
        outcomes.push(outcome)
        if (!outcome.startsWith('200')) return
      }
    })
    await until(() => outcomes.length > 50)
    await gateway.close()
    await Promise.all(load)
    const answered = outcomes.filter((outcome) => outcome === '200 {"word":"done"}').length
    // What the gateway began it answered, whole; the others met a port that was closed or closing.
    expect(entries.filter(({ status, error }) => status !== 200 || error !== undefined)).toEqual([])
    expect(answered).toBe(entries.length)
    expect(outcomes.filter((outcome) => !/^(200 .*|ECONNREFUSED|ECONNRESET)$/.test(outcome))).toEqual([])
  })

  test('while nothing listens waits for what is mounted', async () => {
    const { files, backend } = await startSlowWord(200)
    const directory = createDirectory()
    writeFiles(directory, { gateway: '{}', dictionary, ...files })
    const { gateway } = await startIn(directory)
    const server = await opened(startHttpServer((request, response) => gateway.handler(request, response)))
    const asked = sendRaw(server.port, request('GET /word HTTP/1.1'))
    await backend.connected()
    await gateway.close()
    expect((await asked).json()).toEqual({ word: 'done' })
  })
})

describe('listening', () => {
  test('on a taken port rejects with the system’s error', async () => {
    const { port } = await startGateway({ 'routes/fixed': fixed })
    const directory = createDirectory()
    writeFiles(directory, {
      gateway: '{}',
      dictionary,
      'routes/fixed': fixed,
      'services/x': wordService('http://127.0.0.1:9'),
    })
    const second = await startIn(directory, { port })
    await expect(second.gateway.listen()).rejects.toMatchObject({ code: 'EADDRINUSE', port })
    const third = await startIn(directory, { adminPort: port })
    await expect(third.gateway.listen()).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })

  test('can do without the admin listener', async () => {
    const directory = createDirectory()
    writeFiles(directory, {
      gateway: '{}',
      dictionary,
      'routes/fixed': fixed,
      'services/x': wordService('http://127.0.0.1:9'),
    })
    const { gateway } = await startIn(directory, { adminPort: false })
    expect(await gateway.listen()).toMatchObject({ adminPort: undefined })
  })
})

describe('mounted in someone’s Express app', () => {
  async function mount() {
    const backend = await opened(
      startHttpServer((request, response) => void response.end(`backend ${request.method} ${request.url}`)),
    )
    const directory = createDirectory()
    writeFiles(directory, {
      gateway: '{}',
      dictionary,
      'services/shop': `service: shop\nendpoints: [${backend.url}]\noperations: {}\n`,
      'routes/fixed': fixed,
      'routes/echo': 'match: POST /echo\nresponse: { body: { got: $.request.body } }\n',
      'routes/shop': 'match: ANY /shop/*rest\nproxy: shop\n',
    })
    const { gateway } = await startIn(directory)
    const app = express()
    app.get('/before', (_request, response) => void response.send('before'))
    app.use('/parsed', express.json(), gateway.handler)
    app.use(gateway.handler)
    app.post('/fixed', (_request, response) => void response.send('theirs'))
    app.use((_request, response) => void response.status(404).send('their 404'))
    const server = app.listen(0)
    await once(server, 'listening')
    afterTest(() => {
      server.closeAllConnections()
      server.close()
    })
    return (server.address() as { port: number }).port
  }

  test('answers its routes and leaves the rest', async () => {
    const port = await mount()
    const ask = async (line: string, ...headers: string[]) =>
      (await sendRaw(port, request(`${line} HTTP/1.1`, ...headers))).body
    expect(await ask('GET /before')).toBe('before')
    expect(await ask('GET /fixed')).toBe('{"fixed":true}')
    expect(await ask('GET /shop/x?y')).toContain('backend GET /shop/x?y')
    expect(await ask('POST /fixed')).toBe('theirs')
    expect(await ask('GET /nowhere')).toBe('their 404')
  })

  test('takes a body that was parsed before, below a path of theirs', async () => {
    const port = await mount()
    const body = '{"a":1}'
    const head = request(
      'POST /parsed/echo HTTP/1.1',
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
    )
    expect((await sendRaw(port, head + body)).json()).toEqual({ got: { a: 1 } })
  })
})

describe('the admin listener', () => {
  const start = () =>
    startGateway({
      'services/words': wordService('http://127.0.0.1:9', 'headers: { authorization: Bearer pass }'),
      'routes/word': wordRoute,
    })

  test('tells that it lives, and shows no secret', async () => {
    const { adminPort, gateway } = await start()
    const admin = `http://127.0.0.1:${adminPort}`
    expect(await (await fetch(`${admin}/livez`)).text()).toBe('ok\n')
    expect((await fetch(`${admin}/readyz`)).status).toBe(200)
    const config = await (await fetch(`${admin}/-/config`)).text()
    expect(JSON.parse(config)).toMatchObject({
      version: gateway.snapshot.version,
      routes: [{ name: 'word', match: 'GET /word' }],
      services: [{ name: 'words', endpoints: [{ url: 'http://127.0.0.1:9' }] }],
    })
    expect(config).not.toContain('pass')
    expect((await fetch(`${admin}/nothing`)).status).toBe(404)
    expect(await (await fetch(`${admin}/-/reload`, { method: 'POST' })).json()).toMatchObject({ ok: true })
  })

  test('is closed to web pages', async () => {
    const { adminPort } = await start()
    const ask = (method: string, path: string, host: string, ...headers: string[]) =>
      sendRaw(
        adminPort,
        [
          `${method} ${path} HTTP/1.1`,
          `Host: ${host}`,
          'Connection: close',
          'Content-Length: 0',
          ...headers,
          '\r\n',
        ].join('\r\n'),
      )
    const here = `127.0.0.1:${adminPort}`
    expect((await ask('GET', '/-/config', 'rebound.evil.test')).status).toBe(403)
    expect((await ask('POST', '/-/reload', here, 'Origin: http://evil.test')).status).toBe(403)
    expect((await ask('POST', '/-/reload', here, 'Origin: null')).status).toBe(403)
    expect((await ask('POST', '/-/reload', here, 'Sec-Fetch-Site: cross-site')).status).toBe(403)
    expect((await ask('POST', '/-/reload', here, `Origin: http://${here}`, 'Sec-Fetch-Site: same-origin')).status).toBe(
      200,
    )
    expect((await ask('POST', '/-/reload', `localhost:${adminPort}`)).status).toBe(200)
  })

  test('is one of this machine alone where a port is all that is said', async () => {
    const { adminPort, gateway, lines } = await startGateway({ gateway: 'admin: { listen: 9900 }' })
    expect(gateway.snapshot.settings.admin.listen.host).toBe('127.0.0.1')
    const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? [])
    for (const { address } of addresses.filter(({ internal, family }) => !internal && family === 'IPv4')) {
      await expect(fetch(`http://${address}:${adminPort}/livez`)).rejects.toThrow()
    }
    expect(lines.join()).not.toContain('answers whoever reaches it')
  })

  test.each(['0.0.0.0', '[::]', '127.0.0.1'])(
    'bound to %s answers to addresses and to names that are its own',
    async (host) => {
      const { adminPort } = await startGateway({ gateway: `admin: { listen: '${host}:9900', hosts: [Gateway.test] }` })
      const ask = async (method: string, path: string, host: string) => {
        const lines = [`${method} ${path} HTTP/1.1`, `Host: ${host}`, 'Connection: close', 'Content-Length: 0', '\r\n']
        return (await sendRaw(adminPort, lines.join('\r\n'))).status
      }
      for (const name of ['10.1.2.3', '127.0.0.1', '[2001:db8::1]', 'localhost', 'gateway.test', 'GATEWAY.test']) {
        expect([name, await ask('GET', '/livez', `${name}:${adminPort}`)]).toEqual([name, 200])
      }
      for (const name of ['rebound.evil.test', 'localhost.evil.test', '127.0.0.1.evil.test', 'gateway.test.evil']) {
        for (const [method, path] of [
          ['GET', '/-/config'],
          ['POST', '/-/reload'],
          ['DELETE', '/cache?all'],
        ] as const)
          expect([name, path, await ask(method, path, name)]).toEqual([name, path, 403])
      }
    },
  )

  test('says when it starts that others reach it', async () => {
    const { lines } = await startGateway({ gateway: 'admin: { listen: 0.0.0.0:9900 }' })
    expect(lines.join()).toContain('the admin listener is reachable without authentication')
  })

  test('is as strict as the other listener, and reads no body', async () => {
    const { adminPort } = await start()
    const ask = async (text: string) => {
      const { status, header } = await sendRaw(adminPort, `${text}\r\nConnection: close\r\n\r\n`)
      return [status, header('allow')]
    }
    expect(await ask('GET /livez HTTP/1.1\r\nHost: localhost\r\nHost: evil.test')).toEqual([400, undefined])
    expect(await ask('GET /livez HTTP/1.1')).toEqual([400, undefined])
    expect(await ask('GET /livez HTTP/1.0')).toEqual([200, undefined])
    expect(await ask('TRACE /livez HTTP/1.1\r\nHost: localhost')).toEqual([501, undefined])
    expect(await ask('PUT /livez HTTP/1.1\r\nHost: localhost')).toEqual([405, 'GET, HEAD'])
    expect(await ask('GET /-/reload HTTP/1.1\r\nHost: localhost')).toEqual([405, 'POST'])
    expect(await ask('POST /-/reload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000')).toEqual([413, undefined])
    const chunked = 'POST /-/reload HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked'
    expect(await ask(chunked)).toEqual([413, undefined])
  })
})

describe('a supervised process', () => {
  async function run(afterStart: string) {
    const directory = createDirectory()
    const { files, backend } = await startSlowWord(300)
    writeFiles(directory, { gateway: 'defaults: { timeout: 9s }', dictionary, ...files })
    const root = fileURLToPath(new URL('../../src/', import.meta.url))
    const program = `
      import { createGateway } from '${root}server/gateway.ts'
      import { superviseProcess } from '${root}server/lifecycle/process.ts'
      import { createLogger } from '${root}telemetry/logger.ts'
      const logger = createLogger({ format: 'json' })
      const gateway = await createGateway({ config: 'config/gateway.yaml', port: 0, adminPort: false, watch: false, logger })
      superviseProcess(gateway, logger)
      console.error('port ' + (await gateway.listen()).port)
      ${afterStart}
    `
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], { cwd: directory })
    afterTest(() => child.kill('SIGKILL'))
    let log = ''
    let errors = ''
    child.stdout.on('data', (chunk) => {
      log += chunk
    })
    child.stderr.on('data', (chunk) => {
      errors += chunk
    })
    await until(() => /port \d+/.test(errors) || child.exitCode !== null)
    const port = Number(/port (\d+)/.exec(errors)?.[1])
    return { child, port, directory, backend, log: () => log }
  }

  test('logs an error that nobody caught, answers what it has, and ends with 1', async () => {
    const { child, port, backend, log } = await run(
      "process.on('SIGUSR2', () => { throw new Error('nobody caught me') })",
    )
    const asked = sendRaw(port, request('GET /word HTTP/1.1'))
    await backend.connected()
    child.kill('SIGUSR2')
    const [[code], answer] = await Promise.all([once(child, 'exit'), asked])
    expect([code, answer.status]).toEqual([1, 200])
    expect(log()).toContain('nobody caught me')
  })

  test('reloads at SIGHUP', async () => {
    const { child, port, directory } = await run('')
    writeFiles(directory, { 'routes/fixed': 'match: GET /fixed\nresponse: { body: { fixed: again } }\n' })
    child.kill('SIGHUP')
    await until(async () => (await sendRaw(port, request('GET /fixed HTTP/1.1'))).json()['fixed'] === 'again')
  })
})
