import { describe, expect, test } from '@jest/globals'
import { issue } from '../support/certificates.ts'
import { startIn } from '../support/gateway.ts'
import { parseAnswer, request } from '../support/raw.ts'
import { askTls, type Beside, pairFiles, writeProject } from '../support/tls-gateway.ts'

const page = 'match: GET /page\nresponse: { body: 1 }\n'

async function faultsOf(listen: string, beside: Beside) {
  const directory = writeProject({ gateway: `listen: ${listen}\n`, 'routes/page': page }, beside)
  const error = await startIn(directory).then(
    () => undefined,
    (thrown: { diagnostics: { code: string; message: string; at: { line: number; column: number } }[] }) => thrown,
  )
  return (error?.diagnostics ?? []).map(({ message, at: { column } }) => [
    message.replaceAll(`${directory}/config/`, ''),
    listen
      .slice(column - 'listen: '.length - 1)
      .split(/[,}\]]/)[0]!
      .trim(),
  ])
}

const tls = (text: string) => `{ port: 0, tls: { ${text} } }`
const pair = tls('cert: a.crt, key: a.key')

describe('what a listener cannot speak TLS with is told where it is named', () => {
  const good = issue()

  test.each<[string, string, Beside, string, string]>([
    ['a file that is missing', pair, { 'a.crt': good.cert }, 'a.key cannot be read: it does not exist', 'a.key'],
    ['no certificate', pair, { 'a.crt': 'x', 'a.key': good.key }, 'a.crt holds no certificate', 'a.crt'],
    ['no key', pair, { 'a.crt': good.cert, 'a.key': 'x' }, 'a.key holds no private key', 'a.key'],
    [
      'the key of another',
      pair,
      { 'a.crt': good.cert, 'a.key': issue().key },
      'a.key is not the key of the certificate in a.crt',
      'a.key',
    ],
    [
      'a key of tickets that is too short',
      tls('cert: a.crt, key: a.key, tickets: [t.key]'),
      { ...pairFiles('a', good), 't.key': 'short' },
      't.key holds 5 bytes, not 48',
      't.key',
    ],
    [
      'no authority',
      tls('cert: a.crt, key: a.key, clientCa: ca.crt'),
      { ...pairFiles('a', good), 'ca.crt': 'x' },
      'ca.crt holds no certificate',
      'ca.crt',
    ],
    [
      'a certificate that no name picks',
      tls('certs: [{ cert: a.crt, key: a.key }, { cert: b.crt, key: b.key }]'),
      { ...pairFiles('a', issue({ dns: ['a.test'] })), ...pairFiles('b', issue({ dns: ['a.test'] })) },
      'no client is shown this certificate: its names (a.test) pick another',
      'b.crt',
    ],
  ])('%s', async (_what, listen, beside, message, place) => {
    expect(await faultsOf(listen, beside)).toEqual([[message, place]])
  })

  test('and what does not go together', async () => {
    const faults = async (text: string) => (await faultsOf(tls(text), pairFiles('a', good))).map(([message]) => message)
    expect(await faults('cert: a.crt')).toEqual(['a listener with `tls` has a `cert` and its `key`, or `certs`'])
    expect(await faults('cert: a.crt, key: a.key, clientCert: require')).toEqual([
      'nobody says which certificates are good: name who signs clients’ certificates: `clientCa`',
    ])
    expect(await faults('cert: a.crt, key: a.key, tickets: [a.key, b.key]')).toEqual([
      'sessions are sealed and opened by one key: name the newest alone',
    ])
  })
})

describe('what is not in its time is loaded with a warning', () => {
  const old = { from: 0, until: Date.UTC(2020, 1, 1) }
  const young = { from: Date.UTC(2900, 0, 1), until: Date.UTC(2901, 0, 1) }
  const load = async (listen: string, beside: Beside) => {
    const directory = writeProject({ gateway: `listen: ${listen}\n`, 'routes/page': page }, beside)
    const { gateway } = await startIn(directory)
    const { port } = await gateway.listen()
    const { ok, diagnostics } = await gateway.reload()
    const told = diagnostics.map(({ code, message }) => `${code}: ${message.replaceAll(`${directory}/config/`, '')}`)
    return { ok, told, status: parseAnswer(await askTls(port, request('GET /page HTTP/1.1'))).status }
  }

  test.each([
    ['a certificate that is over', old, 'a.crt has expired at 2020-02-01T00:00:00.000Z'],
    ['one that is not valid yet', young, 'a.crt is not valid before 2900-01-01T00:00:00.000Z'],
  ])('%s', async (_what, time, message) => {
    const told = [`expired-certificate: ${message}`]
    expect(await load(pair, pairFiles('a', issue(time)))).toEqual({ ok: true, told, status: 200 })
  })

  test('and authorities of which none is', async () => {
    const vouchedBy = async (ca: string) => {
      const listen = tls('cert: a.crt, key: a.key, clientCa: ca.crt')
      return (await load(listen, { ...pairFiles('a', issue()), 'ca.crt': ca })).told
    }
    const [before, good] = [issue({ isCa: true, ...old }).cert, issue({ isCa: true }).cert]
    expect(await vouchedBy(before)).toEqual(['expired-certificate: ca.crt has expired at 2020-02-01T00:00:00.000Z'])
    expect(await vouchedBy(before + good)).toEqual([])
  })
})
