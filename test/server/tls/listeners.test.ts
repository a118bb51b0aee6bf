import { once } from 'node:events'
import { connect as connectPlain } from 'node:net'
import { describe, expect, test } from '@jest/globals'
import { issue } from '../../support/certificates.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { startIn } from '../../support/gateway.ts'
import { parseAnswer, request, sendRaw } from '../../support/raw.ts'
import { askTls, dialTls, pairFiles, startWith, writeBeside, writeProject } from '../../support/tls-gateway.ts'
import { until } from '../../support/waiting.ts'

const page = 'match: GET /page\nresponse: { body: { is: here } }\n'
const gateway = 'listen: { port: 0, tls: { cert: ./a.crt, key: ./a.key } }\n'
const ask = request('GET /page HTTP/1.1')

const metricsOf = async ({ adminPort }: { adminPort: number }) =>
  (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text()

const commonNameOf = async (port: number, servername: string) => {
  const socket = await dialTls(port, { servername })
  return String(socket.getPeerCertificate().subject?.CN)
}

test('a listener with `tls` speaks HTTPS, and nothing of plain text', async () => {
  const running = await startWith({ gateway, 'routes/page': page }, pairFiles('a', issue()))
  expect(parseAnswer(await askTls(running.port, ask)).json()).toEqual({ is: 'here' })
  expect((await sendRaw(running.port, ask)).text).toBe('')
  expect(await metricsOf(running)).toContain(
    'tessera_tls_handshake_failures_total{listener="public",reason="not-tls"} 1',
  )
  // It goes on.
  expect(parseAnswer(await askTls(running.port, ask)).status).toBe(200)
})

describe('the name that a client asks for picks the certificate', () => {
  test('by itself, else by its wildcard, else the first', async () => {
    const gateway = `listen:
  port: 0
  tls:
    certs:
      - { cert: ./a.crt, key: ./a.key }
      - { cert: ./b.crt, key: ./b.key }
      - { cert: ./c.crt, key: ./c.key }
`
    const { port } = await startWith(
      { gateway, 'routes/page': page },
      {
        ...pairFiles('a', issue({ name: 'first', dns: ['a.test'] })),
        ...pairFiles('b', issue({ name: 'wild', dns: ['*.b.test'] })),
        ...pairFiles('c', issue({ name: 'exact', dns: ['www.b.test'] })),
      },
    )
    const asked = ['a.test', 'api.b.test', 'WWW.b.test', 'deep.api.b.test', 'elsewhere.test', '']
    const shown: string[] = []
    for (const name of asked) shown.push(await commonNameOf(port, name))
    expect(shown).toEqual(['first', 'wild', 'exact', 'first', 'first', 'first'])
  })
})

describe('what is renewed', () => {
  test('is shown from the next handshake on, and logged, and connections that are open go on', async () => {
    const directory = writeProject({ gateway, 'routes/page': page }, pairFiles('a', issue({ name: 'old' })))
    const { gateway: running, lines } = await startIn(directory)
    const { port } = await running.listen()
    const before = await dialTls(port)
    writeBeside(directory, pairFiles('a', issue({ name: 'new' })))
    expect(await running.reload()).toMatchObject({ ok: true, changed: true })
    expect(await commonNameOf(port, 'gateway.test')).toBe('new')
    expect(lines.join()).toContain('new certificates are shown from the next handshake on')
    const answer = once(before, 'data')
    before.write('GET /page HTTP/1.1\r\nHost: a\r\n\r\n')
    expect(String((await answer)[0])).toContain('200 OK')
  })

  test('is taken as a pair or not at all', async () => {
    const directory = writeProject({ gateway, 'routes/page': page }, pairFiles('a', issue({ name: 'old' })))
    const { gateway: running } = await startIn(directory)
    const { port } = await running.listen()
    const renewed = issue({ name: 'new' })
    writeBeside(directory, { 'a.crt': renewed.cert })
    const half = await running.reload()
    expect(half.ok).toBe(false)
    expect(half.diagnostics[0]!.message).toMatch(/a\.key is not the key of the certificate in .*a\.crt/)
    expect(await commonNameOf(port, 'gateway.test')).toBe('old')
    writeBeside(directory, { 'a.key': renewed.key })
    expect((await running.reload()).ok).toBe(true)
    expect(await commonNameOf(port, 'gateway.test')).toBe('new')
  })

  test('is seen by whoever watches the files', async () => {
    const directory = writeProject({ gateway, 'routes/page': page }, pairFiles('a', issue({ name: 'old' })))
    const { gateway: running } = await startIn(directory, { watch: true })
    const { port } = await running.listen()
    await until(async () => {
      // Whenever the watcher begins.
      writeBeside(directory, pairFiles('a', issue({ name: 'new' })))
      return (await commonNameOf(port, 'gateway.test')) === 'new'
    })
  })
})

test('how long certificates hold is a metric', async () => {
  const clock = new FakeClock()
  const day = 86_400_000
  const running = await startWith(
    { gateway, 'routes/page': page },
    pairFiles('a', issue({ dns: ['shop.test'], from: clock.epoch() - day, until: clock.epoch() + 10 * day })),
    { clock },
  )
  const shown = /tessera_tls_expiry_seconds\{listener="public",name="shop\.test"\} (\d+)/.exec(await metricsOf(running))
  expect(Math.round(Number(shown?.[1]) / 86_400)).toBe(10)
})

describe('a session', () => {
  const resumed = async (port: number, session: Buffer) => {
    const socket = await dialTls(port, { session })
    return socket.isSessionReused()
  }
  const openSession = async (port: number) => {
    const socket = await dialTls(port)
    return (await once(socket, 'session'))[0] as Buffer
  }

  test('is taken up by whichever socket of the listener', async () => {
    const { port } = await startWith({ gateway, 'routes/page': page }, pairFiles('a', issue()))
    const session = await openSession(port)
    const all: boolean[] = []
    while (all.length < 20) all.push(await resumed(port, session))
    expect(all).not.toContain(false)
  })

  test('is taken up by another gateway that has the same key, and by no other', async () => {
    const pair = pairFiles('a', issue())
    const withTickets = gateway.replace('a.key', 'a.key, tickets: [./t.key]')
    const start = (key: number) =>
      startWith({ gateway: withTickets, 'routes/page': page }, { ...pair, 't.key': Buffer.alloc(48, key) })
    const [one, same, other] = [await start(1), await start(1), await start(2)]
    const session = await openSession(one.port)
    expect([await resumed(same.port, session), await resumed(other.port, session)]).toEqual([true, false])
  })

  test('of twelve hours ago is not taken up where the key is random', async () => {
    const clock = new FakeClock()
    const pair = issue({ from: clock.epoch() - 1000, until: clock.epoch() + 86_400_000 })
    const { port } = await startWith({ gateway, 'routes/page': page }, pairFiles('a', pair), { clock })
    const session = await openSession(port)
    expect(await resumed(port, session)).toBe(true)
    clock.skip(12 * 3_600_000)
    await clock.advance(0)
    expect(await resumed(port, session)).toBe(false)
  })
})

test('who connects and says nothing is cut, and a handshake that fails ends one connection', async () => {
  const running = await startWith(
    { gateway: gateway.replace('port: 0', 'port: 0, headersTimeout: 50ms'), 'routes/page': page },
    pairFiles('a', issue()),
  )
  const silent = connectPlain(running.port, '127.0.0.1')
  silent.on('error', () => {})
  await once(silent, 'close')
  await expect(
    dialTls(running.port, { maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'ALL@SECLEVEL=0' }),
  ).rejects.toThrow()
  await until(async () => /reason="timeout"\} 1/.test(await metricsOf(running)))
  await until(async () => /reason="no-common-version"\} 1/.test(await metricsOf(running)))
  const told = running.lines.filter((line) => line.includes('TLS handshake failed'))
  expect(told).toHaveLength(2)
})
