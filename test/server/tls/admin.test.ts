import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { issue, makeAuthority } from '../../support/certificates.ts'
import { startIn } from '../../support/gateway.ts'
import { hashOf, withPassword } from '../../support/hashing.ts'
import { proxyHeader } from '../../support/proxy-header.ts'
import { dial, parseAnswer, readAll, request, sendRaw } from '../../support/raw.ts'
import { askTls, dialTls, pairFiles, startWith, writeBeside, writeProject } from '../../support/tls-gateway.ts'

const users = JSON.stringify({ users: [{ name: 'ann', hash: hashOf('ann'), claims: { roles: ['ops'] } }] })
const roles = 'roles: { viewer: [ops], editor: [ops], admin: [ops] }'
const basic = 'auth: { ops: { basic: { users: ./users.yaml } } }\ndefaults: { auth: none }\n'
const tls = 'tls: { cert: ./admin.crt, key: ./admin.key }'
const pair = pairFiles('admin', issue())
const get = (path: string, ...headers: string[]) => request(`GET ${path} HTTP/1.1`, ...headers)
const ask = async (port: number, path: string, ...headers: string[]) =>
  parseAnswer(await askTls(port, get(path, ...headers).replace('gateway.test', '127.0.0.1')))

describe('an admin listener with `tls`', () => {
  test('takes passwords from other machines, over TLS alone', async () => {
    const { adminPort } = await startWith(
      { gateway: `${basic}admin: { listen: { host: 0.0.0.0, port: 0, ${tls} }, auth: ops, ${roles} }\n`, users },
      pair,
    )
    const password = `Authorization: ${withPassword('ann', 'ann').authorization}`
    expect((await ask(adminPort, '/livez')).status).toBe(200)
    expect((await ask(adminPort, '/-/config')).status).toBe(401)
    expect((await ask(adminPort, '/-/config', password)).status).toBe(200)
    expect((await sendRaw(adminPort, get('/livez'))).text).toBe('')
  })

  test('is of this machine alone where it names no host', async () => {
    const { gateway } = await startWith({ gateway: `admin: { listen: { port: 0, ${tls} } }\n` }, pair)
    expect(gateway.snapshot.settings.admin.listen.host).toBe('127.0.0.1')
  })

  test('knows people by their certificates', async () => {
    const authority = makeAuthority()
    const scheme = `auth: { ops: { mtls: { names: ['dns:ann.test'] } } }\ndefaults: { auth: none }\n`
    const gateway = `${scheme}admin: { listen: { host: 0.0.0.0, port: 0, ${tls.replace(' }', ', clientCa: ./ca.crt }')} }, auth: ops, ${roles} }\n`
    const { adminPort } = await startWith({ gateway }, { ...pair, 'ca.crt': authority.cert })
    const here = get('/-/config').replace('gateway.test', '127.0.0.1')
    const answerTo = async (shown: object) => parseAnswer(await askTls(adminPort, here, shown))
    expect((await answerTo({})).status).toBe(401)
    const known = await answerTo(authority.issue('ann', 'ann.test'))
    expect([known.status, known.body]).toEqual([403, expect.stringContaining('this takes the role viewer')])
  })

  test('shows a new certificate from the next handshake on, and how long it holds', async () => {
    const gateway = `admin: { listen: { port: 0, ${tls} } }\n`
    const old = issue({ name: 'old', dns: ['ops.test'] })
    const directory = writeProject({ gateway }, pairFiles('admin', old))
    const { gateway: running } = await startIn(directory)
    const { adminPort = 0 } = await running.listen()
    const shown = async () => (await dialTls(adminPort)).getPeerCertificate().subject.CN
    expect(await shown()).toBe('old')
    expect((await ask(adminPort, '/metrics')).body).toContain(
      'tessera_tls_expiry_seconds{listener="admin",name="ops.test"}',
    )
    writeBeside(directory, pairFiles('admin', issue({ name: 'new' })))
    expect((await running.reload()).ok).toBe(true)
    expect(await shown()).toBe('new')
    writeBeside(directory, { 'admin.key': issue().key })
    const { ok, diagnostics } = await running.reload()
    expect([ok, diagnostics[0]]).toMatchObject([
      false,
      { message: expect.stringMatching(/admin\.key is not the key/), at: { line: 1 } },
    ])
    expect(readFileSync(join(directory, 'config/gateway.yaml'), 'utf8')).toBe(gateway)
  })
})

test('behind a proxy of TCP an admin listener is not of this machine alone', async () => {
  const { adminPort, lines } = await startWith(
    { gateway: 'admin: { listen: { port: 0, proxyProtocol: { from: [loopback] } } }\n' },
    {},
  )
  const askFor = async (path: string) => {
    const socket = await dial(adminPort)
    const all = readAll(socket)
    socket.write(Buffer.concat([proxyHeader('192.0.2.7'), Buffer.from(get(path).replace('gateway.test', 'localhost'))]))
    return parseAnswer(await all).status
  }
  expect([await askFor('/livez'), await askFor('/-/config')]).toEqual([200, 404])
  expect(lines.join()).toContain('reachable without authentication')
})

test.each([
  ['listen: { name: admin, port: 0 }', /`admin` is the one of `admin.listen`/],
  ['admin: { listen: { port: 0, health: /healthz } }', /`health` is not a key here/],
  ['admin: { listen: { port: 0, tls: { cert: ./no.crt, key: ./no.key } } }', /no\.crt cannot be read/],
])('%s is an error at load', async (gateway, message) => {
  await expect(startWith({ gateway }, {})).rejects.toThrow(message)
})
