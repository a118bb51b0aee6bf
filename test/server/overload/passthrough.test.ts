import { describe, expect, test } from '@jest/globals'
import { parseList } from 'structured-headers'
import { opened } from '../../support/cleanup.ts'
import { type Running, startGateway } from '../../support/gateway.ts'
import { dial, readAll, request } from '../../support/raw.ts'
import { startHttpServer } from '../../support/servers.ts'
import { until } from '../../support/waiting.ts'
import { openWebSocket, startEcho, upgradeRequest } from '../../support/websocket.ts'
import { wordRoute, wordService } from '../../support/words.ts'

/** A backend that keeps what it is asked until it is told to answer. */
async function startWords() {
  const held: (() => void)[] = []
  let count = 0
  const server = await opened(
    startHttpServer((message, response) => {
      count++
      message.resume()
      const answer = () => response.setHeader('content-type', 'application/json').end('{"word":"x"}')
      if (message.url!.includes('hold')) held.push(answer)
      else answer()
    }),
  )
  return { ...server, count: () => count, release: () => void held.shift()?.() }
}

const pass = (keys = '') => `match: ANY /pass/*rest\nproxy: words\n${keys}`

const get = (port: number, path: string, headers: Record<string, string> = {}) =>
  fetch(`http://127.0.0.1:${port}${path}`, { headers: { connection: 'close', ...headers } })

async function metric({ adminPort }: Running, name: string, scope: string): Promise<string | undefined> {
  const text = await (await get(adminPort, '/metrics')).text()
  return new RegExp(`^${name}\\{[^}]*scope="${scope}"[^}]*\\} (\\d+)`, 'm').exec(text)?.[1]
}

async function untilMetric(running: Running, name: string, value: string, scope = 'service'): Promise<void> {
  await until(async () => (await metric(running, name, scope)) === value)
}

describe('the bulkhead of a service', () => {
  const start = async (bulkhead: string, keys = '') => {
    const words = await startWords()
    const files = {
      'services/words': wordService(words.url, bulkhead),
      'routes/word': wordRoute,
      'routes/pass': pass(keys),
      // Of the same service, with time enough.
      'routes/patient': pass().replaceAll('pass', 'patient'),
    }
    return { words, running: await startGateway(files) }
  }

  test('counts what is passed through with the calls, and refuses before anything is sent', async () => {
    const { words, running } = await start('bulkhead: { concurrent: 1 }')
    const first = get(running.port, '/pass/hold')
    await until(() => words.count() === 1)
    const refused = [await get(running.port, '/pass/x'), await get(running.port, '/word')]
    expect(refused.map(({ status, headers }) => [status, headers.get('retry-after')])).toEqual([
      [503, '1'],
      [503, '1'],
    ])
    expect(await refused[0]!.json()).toMatchObject({ code: 'overloaded', route: 'pass' })
    expect(words.count()).toBe(1)
    words.release()
    expect((await first).status).toBe(200)
    await untilMetric(running, 'tessera_bulkhead_inside', '0')
    expect((await get(running.port, '/word')).status).toBe(200)
  })

  test('gets its place back from an upload that is cut half way', async () => {
    const { words, running } = await start('bulkhead: { concurrent: 1 }')
    const upload = await dial(running.port)
    upload.write(`${request('PUT /pass/upload-hold HTTP/1.1', 'Content-Length: 1000000')}${'x'.repeat(1000)}`)
    await until(() => words.count() === 1)
    expect((await get(running.port, '/pass/x')).status).toBe(503)
    upload.destroy()
    await untilMetric(running, 'tessera_bulkhead_inside', '0')
    expect((await get(running.port, '/pass/x')).status).toBe(200)
  })

  test('gets its place back from a download that is cut half way', async () => {
    const endless = await opened(
      startHttpServer((_request, response) => void response.writeHead(200, { 'content-length': '9' }).write('half')),
    )
    const running = await startGateway({
      'services/words': wordService(endless.url, 'bulkhead: { concurrent: 1 }'),
      'routes/pass': pass(),
    })
    const download = await dial(running.port)
    download.write(request('GET /pass/x HTTP/1.1'))
    await new Promise((resolve) => download.once('data', resolve))
    expect((await get(running.port, '/pass/x')).status).toBe(503)
    download.destroy()
    await untilMetric(running, 'tessera_bulkhead_inside', '0')
  })

  test('lets wait who has time, and forgets who hangs up', async () => {
    const { words, running } = await start('bulkhead: { concurrent: 1, queue: 1 }')
    const first = get(running.port, '/pass/hold')
    await until(() => words.count() === 1)
    const leaving = await dial(running.port)
    leaving.write(request('GET /pass/left HTTP/1.1'))
    await untilMetric(running, 'tessera_bulkhead_waiting', '1')
    leaving.destroy()
    await untilMetric(running, 'tessera_bulkhead_waiting', '0')
    const second = get(running.port, '/pass/x')
    await untilMetric(running, 'tessera_bulkhead_waiting', '1')
    words.release()
    expect([(await first).status, (await second).status]).toEqual([200, 200])
    expect(words.count()).toBe(2)
  })

  test('refuses who has waited as long as the route has', async () => {
    const { words, running } = await start('bulkhead: { concurrent: 1, queue: 1 }', 'timeout: 150ms')
    const inside = get(running.port, '/patient/hold')
    await until(() => words.count() === 1)
    const late = await get(running.port, '/pass/x')
    expect([late.status, words.count()]).toEqual([503, 1])
    words.release()
    expect((await inside).status).toBe(200)
  })

  test('is fair between the clients of what is passed through', async () => {
    const { words, running } = await start(
      'bulkhead: { concurrent: 1, queue: 3, order: fair, by: request.headers.x-tenant }',
    )
    const order: string[] = []
    const come = async (tenant: string, path = '/pass/x') => {
      await get(running.port, path, { 'x-tenant': tenant })
      order.push(tenant)
    }
    const all = [come('first', '/pass/hold')]
    await until(() => words.count() === 1)
    for (const [index, tenant] of ['a', 'a', 'b'].entries()) {
      all.push(come(tenant))
      await untilMetric(running, 'tessera_bulkhead_waiting', String(index + 1))
    }
    words.release()
    await Promise.all(all)
    expect(order).toEqual(['first', 'a', 'b', 'a'])
  })
})

describe('the rate of a service', () => {
  test('counts what is passed through with the calls', async () => {
    const words = await startWords()
    const { port } = await startGateway({
      'services/words': wordService(words.url, 'limit: { rate: 1/h, burst: 2, wait: 0ms }'),
      'routes/word': wordRoute,
      'routes/pass': pass(),
    })
    const answers = [await get(port, '/pass/x'), await get(port, '/word'), await get(port, '/pass/x')]
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 503])
    expect(Number(answers[2]!.headers.get('retry-after'))).toBeGreaterThan(3000)
    expect(await answers[2]!.json()).toMatchObject({ code: 'overloaded' })
    expect(words.count()).toBe(2)
  })

  test('makes one too many wait for its turn', async () => {
    const words = await startWords()
    const { port } = await startGateway({
      'services/words': wordService(words.url, 'limit: { rate: 20/s, burst: 1, wait: 500ms }'),
      'routes/pass': pass(),
    })
    const startedAt = performance.now()
    const answers = await Promise.all([0, 1, 2].map(() => get(port, '/pass/x')))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(performance.now() - startedAt).toBeGreaterThan(90)
  })

  test('counts by what the request has; colors it has none', async () => {
    const words = await startWords()
    const limit = (by: string) => wordService(words.url, `limit: { rate: 1/h, burst: 1, wait: 0ms, by: ${by} }`)
    const statusesOf = async (by: string) => {
      const { port } = await startGateway({ 'services/words': limit(by), 'routes/pass': pass() })
      const statuses: number[] = []
      for (const tenant of ['a', 'b', 'a']) statuses.push((await get(port, '/pass/x', { 'x-tenant': tenant })).status)
      return statuses
    }
    expect(await statusesOf('request.headers.x-tenant')).toEqual([200, 200, 503])
    expect(await statusesOf('user.id')).toEqual([200, 503, 503])
  })
})

describe('WebSockets', () => {
  const start = async (service: string, keys = '', gateway = '{}') => {
    const echo = await startEcho()
    const files = { gateway, 'services/words': wordService(echo.url, service), 'routes/pass': pass(keys) }
    return { echo, running: await startGateway(files) }
  }

  test.each([
    ['the service', 'bulkhead: { concurrent: 5 }', ''],
    ['the route', '', 'bulkhead: { concurrent: 5 }'],
  ])('hold places of %s for as long as they are open: of ten, the sixth is refused', async (_whose, service, keys) => {
    const { echo, running } = await start(service, keys)
    const answers = []
    for (let count = 0; count < 10; count++) answers.push(await openWebSocket(running.port, '/pass/ws'))
    expect(answers.map(({ status }) => status)).toEqual([101, 101, 101, 101, 101, 503, 503, 503, 503, 503])
    expect(answers[5]!.header('retry-after')).toBe('1')
    expect(answers[5]!.header('content-type')).toBe('application/problem+json; charset=utf-8')
    expect(answers[5]!.json()).toMatchObject({ code: 'overloaded', status: 503, route: 'pass' })
    expect(echo.requests).toHaveLength(5)
    expect((await get(running.port, '/pass/x')).status).toBe(503)
    answers[0]!.socket.destroy()
    await echo.disconnected(1)
    const next = await openWebSocket(running.port, '/pass/ws')
    expect(next.status).toBe(101)
    next.socket.write('ping')
    expect(String(await new Promise((resolve) => next.socket.once('data', resolve)))).toBe('ping')
  })

  test('give their places back when the backend ends them', async () => {
    const { echo, running } = await start('bulkhead: { concurrent: 1 }')
    for (let turn = 0; turn < 3; turn++) {
      const { status, socket } = await openWebSocket(running.port, '/pass/ws')
      expect(status).toBe(101)
      const all = readAll(socket)
      if (turn === 0) echo.tunnels[turn]!.end('bye')
      else echo.tunnels[turn]!.resetAndDestroy()
      expect(await all).toBe(turn === 0 ? 'bye' : '')
      await untilMetric(running, 'tessera_bulkhead_inside', '0')
    }
  })

  test('give their places back when the backend refuses them, or there is none', async () => {
    const { echo, running } = await start('bulkhead: { concurrent: 1 }')
    expect((await openWebSocket(running.port, '/pass/refused')).status).toBe(403)
    await untilMetric(running, 'tessera_bulkhead_inside', '0')
    await echo.close()
    expect((await openWebSocket(running.port, '/pass/ws')).status).toBe(502)
    await untilMetric(running, 'tessera_bulkhead_inside', '0')
  })

  test('wait for a place, and leave the queue when they hang up', async () => {
    const { echo, running } = await start('bulkhead: { concurrent: 1, queue: 1 }')
    const first = await openWebSocket(running.port, '/pass/ws')
    const leaving = await dial(running.port)
    leaving.write(upgradeRequest('/pass/ws'))
    await untilMetric(running, 'tessera_bulkhead_waiting', '1')
    leaving.end()
    await untilMetric(running, 'tessera_bulkhead_waiting', '0')
    const second = openWebSocket(running.port, '/pass/ws')
    await untilMetric(running, 'tessera_bulkhead_waiting', '1')
    first.socket.destroy()
    expect((await second).status).toBe(101)
    expect(echo.requests).toHaveLength(2)
  })

  test('count against the limits of the gateway and the route, whose headers their 101 carries', async () => {
    const { running } = await start('', 'limit: { rate: 1/h, burst: 2 }', 'limit: { rate: 1/h, burst: 3 }')
    const answers = []
    for (let count = 0; count < 4; count++) answers.push(await openWebSocket(running.port, '/pass/ws'))
    expect(answers.map(({ status }) => status)).toEqual([101, 101, 429, 429])
    const remaining = answers.map((answer) =>
      (parseList(answer.header('ratelimit')!) as [string, Map<string, number>][]).map(([name, about]) => [
        name,
        about.get('r'),
      ]),
    )
    expect(remaining).toEqual([
      [
        ['gateway', 2],
        ['pass', 1],
      ],
      [
        ['gateway', 1],
        ['pass', 0],
      ],
      [
        ['gateway', 0],
        ['pass', 0],
      ],
      [
        ['gateway', 0],
        ['pass', 0],
      ],
    ])
    expect(answers[2]!.json()).toMatchObject({ code: 'rate-limited', status: 429 })
    expect(Number(answers[2]!.header('retry-after'))).toBeGreaterThan(3000)
  })

  test('are shed when the process is overloaded', async () => {
    const { running } = await start('', 'priority: low', 'overload: { heap: 0.1% }')
    let answer = await openWebSocket(running.port, '/pass/ws')
    await until(async () => {
      if (answer.status === 503) return true
      answer.socket.destroy()
      answer = await openWebSocket(running.port, '/pass/ws')
      return false
    }, 'one is shed')
    expect(answer.json()).toMatchObject({ code: 'overloaded', status: 503, route: 'pass' })
  })

  test('that fail tell the endpoint’s health', async () => {
    const [echo, away] = [await startEcho(), await startEcho()]
    await away.close()
    const keys = `outlier: { failures: 1, eject: 1m }`
    const service = wordService(`${echo.url}, ${away.url}`, keys)
    const { port, lines } = await startGateway({ 'services/words': service, 'routes/pass': pass() })
    const statuses = []
    for (let count = 0; count < 4; count++) statuses.push((await openWebSocket(port, '/pass/ws')).status)
    expect(statuses.sort()).toEqual([101, 101, 101, 502])
    expect(lines.filter((line) => line.includes('an endpoint was ejected'))).toHaveLength(1)
  })
})

describe('clients that come and go as they like', () => {
  test('leave no place taken behind them', async () => {
    const echo = await startEcho()
    const running = await startGateway({
      'services/words': wordService(
        echo.url,
        'bulkhead: { concurrent: 4, queue: 8 }\nlimit: { rate: 1000/s, burst: 20 }',
      ),
      'routes/pass': pass('timeout: 100ms\nbulkhead: { concurrent: 8, queue: 4 }'),
    })
    const openings = [
      upgradeRequest('/pass/ws'),
      `${upgradeRequest('/pass/ws')}early bytes`,
      upgradeRequest('/pass/slow'),
      upgradeRequest('/pass/refused'),
      upgradeRequest('/pass/../ws'),
      request('GET /pass/x HTTP/1.1'),
      `${request('PUT /pass/x HTTP/1.1', 'Content-Length: 100000')}half`,
    ]
    const leavings = ['end', 'destroy', 'resetAndDestroy'] as const
    // Every way to begin with every way to leave, at the next of seven moments.
    const comings = Array.from({ length: 210 }, (_, index) => ({
      opening: openings[index % openings.length]!,
      leave: leavings[index % leavings.length]!,
      afterMs: [0, 1, 3, 10, 30, 60, 130][Math.floor(index / 21) % 7]!,
    }))
    for (const wave of [0, 70, 140]) {
      await Promise.all(
        comings.slice(wave, wave + 70).map(async ({ opening, leave, afterMs }) => {
          const socket = await dial(running.port)
          socket.resume().write(opening)
          await new Promise((resolve) => setTimeout(resolve, afterMs))
          socket[leave]()
        }),
      )
    }
    for (const scope of ['service', 'route']) {
      await untilMetric(running, 'tessera_bulkhead_inside', '0', scope)
      await untilMetric(running, 'tessera_bulkhead_waiting', '0', scope)
    }
    expect((await openWebSocket(running.port, '/pass/ws')).status).toBe(101)
    const metrics = await (await get(running.adminPort, '/metrics')).text()
    expect(/^http_server_active_requests (\d+)$/m.exec(metrics)?.[1]).toBe('0')
  })
})

describe('the limit of the gateway', () => {
  test('counts who looks for paths that are not there', async () => {
    const words = await startWords()
    const { port } = await startGateway({
      gateway: 'limit: { rate: 1/h, burst: 4, by: request.ip }\nopenapi: true',
      'services/words': wordService(words.url),
      'routes/word': wordRoute,
    })
    const first = await get(port, '/.env')
    expect([first.status, first.headers.get('ratelimit')]).toEqual([404, '"gateway";r=3;t=3600'])
    const answers = [await get(port, '/wp-login.php'), await fetch(`http://127.0.0.1:${port}/word`, { method: 'PUT' })]
    expect(answers.map(({ status }) => status)).toEqual([404, 405])
    expect((await get(port, '/openapi.json')).status).toBe(200)
    const refused = [await get(port, '/.git'), await get(port, '/word'), await get(port, '/openapi.json')]
    expect(refused.map(({ status }) => status)).toEqual([429, 429, 429])
    expect(await refused[0]!.json()).toMatchObject({ code: 'rate-limited', status: 429 })
    expect(words.count()).toBe(0)
  })

  test('goes on counting after a reload, and no further once it is gone', async () => {
    const { writeFiles } = await import('../../support/gateway.ts')
    const { port, gateway, directory } = await startGateway({ gateway: 'limit: { rate: 1/h, burst: 1 }' })
    expect((await get(port, '/a')).status).toBe(404)
    writeFiles(directory, { gateway: 'limit: { rate: 1/h, burst: 1 }\ndefaults: { timeout: 4s }' })
    expect((await gateway.reload()).ok).toBe(true)
    expect((await get(port, '/a')).status).toBe(429)
    writeFiles(directory, { gateway: '{}' })
    expect((await gateway.reload()).ok).toBe(true)
    const free = await get(port, '/a')
    expect([free.status, free.headers.get('ratelimit')]).toEqual([404, null])
  })
})
