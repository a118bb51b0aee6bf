import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { createServer } from 'node:https'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import type { SecureContextOptions, TLSSocket, TlsOptions } from 'node:tls'
import { describe, expect, test } from '@jest/globals'
import type { ConfigurationError } from '../../src/server/gateway.ts'
import { makeAuthority, type Pair } from '../support/certificates.ts'
import { createDirectory, opened } from '../support/cleanup.ts'
import { type Files, startGateway } from '../support/gateway.ts'
import { observe } from '../support/servers.ts'
import { until } from '../support/waiting.ts'
import { openWebSocket } from '../support/websocket.ts'
import { wordRoute, wordService } from '../support/words.ts'

interface Asked {
  readonly url: string
  readonly headers: IncomingMessage['headers']
  /** The name that was asked for in the handshake. */
  readonly name: unknown
  /** Of the certificate that was shown. */
  readonly client: string | undefined
}

/** A backend over TLS. */
async function startSecure(options: TlsOptions) {
  const asked: Asked[] = []
  const note = ({ url, headers, socket }: IncomingMessage) => {
    const { servername } = socket as TLSSocket & { servername?: unknown }
    const client = (socket as TLSSocket).getPeerCertificate().subject?.CN
    asked.push({ url: url!, headers, name: servername, client: client === undefined ? undefined : String(client) })
  }
  const server = createServer(options, (request, response) => {
    note(request)
    if (request.url === '/moved') response.writeHead(302, { location: `https://${request.headers.host}/word` }).end()
    else response.setHeader('content-type', 'application/json').end('{"word":"well"}')
  })
  server.on('tlsClientError', () => {})
  server.on('upgrade', (request: IncomingMessage, socket: Socket) => {
    note(request)
    socket.on('error', () => {})
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n')
    socket.pipe(socket)
  })
  const { port, sockets } = await opened(observe(server))
  return {
    url: `https://127.0.0.1:${port}`,
    port,
    asked,
    sockets,
    use: (context: SecureContextOptions) => server.setSecureContext(context),
  }
}

const proxyRoute = 'match: ANY /files/*rest\nproxy: words\n'

/** A gateway whose service `words` has these keys, and names files of this directory. */
async function start(url: string, keys: string, more: Files = {}) {
  const running = await startGateway({
    'services/words': wordService(url, keys),
    'routes/word': wordRoute,
    'routes/files': proxyRoute,
    ...more,
  })
  const get = async (path = '/word') => {
    const answer = await fetch(`http://127.0.0.1:${running.port}${path}`, { redirect: 'manual' })
    return { status: answer.status, body: await answer.text(), location: answer.headers.get('location') }
  }
  return { ...running, get }
}

function place({ cert, key }: Pair, ca: string) {
  const directory = createDirectory()
  const at = (name: string) => join(directory, name)
  writeFileSync(at('client.crt'), cert)
  writeFileSync(at('client.key'), key)
  writeFileSync(at('ca.crt'), ca)
  return { at, tls: `ca: ${at('ca.crt')}, cert: ${at('client.crt')}, key: ${at('client.key')}` }
}

describe('a service over TLS', () => {
  test('is believed by its own authority, shown a certificate, and asked for by its own name', async () => {
    const authority = makeAuthority()
    const backend = await startSecure({
      ...authority.issue('b', 'words.internal'),
      ca: authority.cert,
      requestCert: true,
      rejectUnauthorized: true,
    })
    const { tls } = place(authority.issue('gateway'), authority.cert)
    const { get, port, adminPort } = await start(backend.url, `tls: { ${tls}, serverName: words.internal }`)
    expect(await get()).toMatchObject({ status: 200 })
    expect(await get('/files/a')).toMatchObject({ status: 200 })
    const { socket, status } = await openWebSocket(port, '/files/socket')
    socket.destroy()
    expect(status).toBe(101)
    const metrics = await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text()
    expect(metrics).toMatch(/^tessera_service_tls_expiry_seconds\{service="words",name="gateway"\} 8\d{4}/m)
    expect(backend.asked.map(({ url, name, client }) => [url, name, client])).toEqual([
      ['/word', 'words.internal', 'gateway'],
      ['/files/a', 'words.internal', 'gateway'],
      ['/files/socket', 'words.internal', 'gateway'],
    ])
  })

  test('is not believed by the machine’s authorities, another’s, or under another name', async () => {
    const [authority, other] = [makeAuthority(), makeAuthority('another')]
    const backend = await startSecure(authority.issue('b', 'words.internal'))
    const { at } = place(authority.issue('gateway'), authority.cert)
    writeFileSync(at('other.crt'), other.cert)
    const keys = [
      '',
      `tls: { ca: ${at('other.crt')}, serverName: words.internal }`,
      `tls: { ca: ${at('ca.crt')} }`,
      `tls: { ca: ${at('ca.crt')}, serverName: other.internal }`,
    ]
    for (const one of keys) {
      const { get } = await start(backend.url, one)
      expect([one, (await get()).status, (await get('/files/a')).status]).toEqual([one, 502, 502])
    }
    expect(backend.asked).toEqual([])
  })

  test('is believed whatever it shows where `verify` is false, and a warning says so', async () => {
    const backend = await startSecure(makeAuthority().issue('b', 'words.internal'))
    const { get, lines } = await start(backend.url, 'tls: { verify: false }')
    expect(await get()).toMatchObject({ status: 200 })
    expect(await get('/files/a')).toMatchObject({ status: 200 })
    expect(lines.join('')).toContain('nobody looks at its certificate')
  })

  test('is checked for its health with the same', async () => {
    const authority = makeAuthority()
    const backend = await startSecure({
      ...authority.issue('b', 'words.internal'),
      ca: authority.cert,
      requestCert: true,
      rejectUnauthorized: true,
    })
    const { tls } = place(authority.issue('gateway'), authority.cert)
    await start(backend.url, `tls: { ${tls} }\nhost: words.internal\nhealth: { get: /health, every: 10ms, healthy: 1 }`)
    await until(() => backend.asked.length > 0, 'a check')
    expect(backend.asked[0]).toMatchObject({
      url: '/health',
      name: 'words.internal',
      client: 'gateway',
      headers: { host: 'words.internal' },
    })
  })

  test('gets copies with the certificate of the service that they go to', async () => {
    const authority = makeAuthority()
    const settings = {
      ...authority.issue('b', 'words.internal'),
      ca: authority.cert,
      requestCert: true,
      rejectUnauthorized: true,
    }
    const [backend, shadow] = [await startSecure(settings), await startSecure(settings)]
    const [a, b] = [place(authority.issue('first'), authority.cert), place(authority.issue('second'), authority.cert)]
    const { get } = await start(backend.url, `tls: { ${a.tls}, serverName: words.internal }\nmirror: { to: shadow }`, {
      'routes/files': 'match: GET /other\nresponse: { body: 1 }\n',
      'services/shadow': `service: shadow\nendpoints: ['${shadow.url}']\ntls: { ${b.tls}, serverName: words.internal }\n`,
    })
    await get()
    await until(() => shadow.asked.length > 0, 'a copy')
    expect([backend.asked[0]!.client, shadow.asked[0]!.client]).toEqual(['first', 'second'])
  })

  test('shares no connection with a service that shows another certificate', async () => {
    const authority = makeAuthority()
    const backend = await startSecure({
      ...authority.issue('b', 'words.internal'),
      ca: authority.cert,
      requestCert: true,
      rejectUnauthorized: true,
    })
    const [a, b] = [place(authority.issue('first'), authority.cert), place(authority.issue('second'), authority.cert)]
    const { get } = await start(backend.url, `tls: { ${a.tls}, serverName: words.internal }`, {
      'routes/files': 'match: ANY /files/*rest\nproxy: others\n',
      'services/others': `service: others\nendpoints: ['${backend.url}']\ntls: { ${b.tls}, serverName: words.internal }\n`,
    })
    for (const path of ['/word', '/files/a', '/word', '/files/a']) await get(path)
    expect(backend.asked.map(({ client }) => client)).toEqual(['first', 'second', 'first', 'second'])
    expect(backend.sockets.size).toBe(2)
  })

  test('is shown a new certificate as soon as both of its files have changed, and loses nothing', async () => {
    const authority = makeAuthority()
    const backend = await startSecure({
      ...authority.issue('b', 'words.internal'),
      ca: authority.cert,
      requestCert: true,
      rejectUnauthorized: true,
    })
    const { at, tls } = place(authority.issue('old'), authority.cert)
    const { get, gateway, lines } = await start(backend.url, `tls: { ${tls}, serverName: words.internal }`)
    await get()
    const { cert, key } = authority.issue('new')
    writeFileSync(at('client.crt'), cert)
    expect((await gateway.reload()).ok).toBe(false)
    expect(lines.join('')).toContain('it is not the key of the certificate')
    expect(lines.join('')).not.toContain('PRIVATE KEY')
    expect(await get()).toMatchObject({ status: 200 })
    writeFileSync(at('client.key'), key)
    expect((await gateway.reload()).ok).toBe(true)
    expect(await get()).toMatchObject({ status: 200 })
    expect(backend.asked.map(({ client }) => client)).toEqual(['old', 'old', 'new'])
    await until(() => backend.sockets.size === 1, 'the old connection to be closed')
  })

  test('is watched where its files are those of a mounted secret, which are swapped as one', async () => {
    const authority = makeAuthority()
    const backend = await startSecure({
      ...authority.issue('b', 'words.internal'),
      ca: authority.cert,
      requestCert: true,
      rejectUnauthorized: true,
    })
    const mount = createDirectory()
    const names = { 'ca.crt': 'ca', 'client.crt': 'cert', 'client.key': 'key' } as const
    const swap = (version: string, { cert, key }: Pair) => {
      mkdirSync(join(mount, version))
      const texts = { ca: authority.cert, cert, key }
      for (const [name, what] of Object.entries(names)) writeFileSync(join(mount, version, name), texts[what])
      symlinkSync(version, join(mount, '..data_tmp'))
      renameSync(join(mount, '..data_tmp'), join(mount, '..data'))
    }
    swap('..1', authority.issue('old'))
    for (const name of Object.keys(names)) symlinkSync(`..data/${name}`, join(mount, name))
    const tls = Object.entries(names).map(([name, key]) => `${key}: ${join(mount, name)}`)
    const running = await startGateway(
      {
        'services/words': wordService(backend.url, `tls: { ${tls.join(', ')}, serverName: words.internal }`),
        'routes/word': wordRoute,
      },
      { watch: true },
    )
    const ask = async () => void (await fetch(`http://127.0.0.1:${running.port}/word`))
    await ask()
    swap('..2', authority.issue('new'))
    rmSync(join(mount, '..1'), { recursive: true })
    await until(async () => {
      await ask()
      return backend.asked.at(-1)?.client === 'new'
    }, 'the new certificate to be shown')
    expect(backend.asked.every(({ client }) => client === 'old' || client === 'new')).toBe(true)
  })

  test('is watched: files that change are read by themselves', async () => {
    const authority = makeAuthority()
    const backend = await startSecure({
      ...authority.issue('b', 'words.internal'),
      ca: authority.cert,
      requestCert: true,
      rejectUnauthorized: true,
    })
    const { at, tls } = place(authority.issue('old'), authority.cert)
    const running = await startGateway(
      {
        'services/words': wordService(backend.url, `tls: { ${tls}, serverName: words.internal }`),
        'routes/word': wordRoute,
      },
      { watch: true },
    )
    const ask = async () => void (await fetch(`http://127.0.0.1:${running.port}/word`))
    await ask()
    const { cert, key } = authority.issue('new')
    writeFileSync(at('client.key'), key)
    writeFileSync(at('client.crt'), cert)
    await until(async () => {
      await ask()
      return backend.asked.at(-1)?.client === 'new'
    }, 'the new certificate to be shown')
  })
})

describe('a service by another host', () => {
  test('is told it, has to have its name, and is left by no redirect to it', async () => {
    const authority = makeAuthority()
    const backend = await startSecure(authority.issue('b', 'words.internal'))
    const { at } = place(authority.issue('gateway'), authority.cert)
    const { get } = await start(backend.url, `tls: { ca: ${at('ca.crt')} }\nhost: words.internal:8443`, {
      'routes/moved':
        'match: GET /followed\ndo: [ { invoke: { service: words, get: /moved, follow: 2, out: { word: $.word } } } ]\nresponse: { body: $.word }\n',
    })
    expect(await get()).toMatchObject({ status: 200 })
    expect(await get('/followed')).toMatchObject({ status: 200, body: '"well"' })
    expect(backend.asked.map(({ url, name, headers }) => [url, name, headers.host])).toEqual([
      ['/word', 'words.internal', 'words.internal:8443'],
      ['/moved', 'words.internal', 'words.internal:8443'],
      ['/word', 'words.internal', 'words.internal:8443'],
    ])
  })

  test('answers a passthrough with places of its own, which are written back', async () => {
    const authority = makeAuthority()
    const backend = await startSecure(authority.issue('b', 'words.internal'))
    const { at } = place(authority.issue('gateway'), authority.cert)
    const { get } = await start(backend.url, `tls: { ca: ${at('ca.crt')} }\nhost: words.internal`, {
      'routes/files': 'match: GET /moved\nproxy: words\n',
    })
    expect(await get('/moved')).toMatchObject({ status: 302, location: '/word' })
    expect(backend.asked[0]).toMatchObject({ name: 'words.internal', headers: { host: 'words.internal' } })
  })
})

describe('what cannot hold is an error at load', () => {
  async function faults(keys: string, url = 'https://127.0.0.1:9') {
    try {
      await start(url, keys)
      return []
    } catch (thrown) {
      return (thrown as ConfigurationError).diagnostics
        .filter(({ severity }) => severity === 'error')
        .map(
          ({ code, message, at }) =>
            `${code} ${at.line}:${at.column} ${message.replaceAll(/\S*\/(?=[a-z]+\.(crt|key|yaml))/g, '')}`,
        )
    }
  }

  test('a pair that is none, a file that is not there or holds something else', async () => {
    const authority = makeAuthority()
    const { at } = place(authority.issue('gateway'), authority.cert)
    writeFileSync(at('other.key'), authority.key)
    writeFileSync(at('half.crt'), authority.cert.slice(0, 200))
    writeFileSync(at('bad.crt'), authority.cert + authority.cert.replace('MII', '!!!'))
    const pair = (cert: string, key: string) => faults(`tls: { cert: ${at(cert)}, key: ${at(key)} }`)
    expect(await pair('client.crt', 'client.key')).toEqual([])
    expect(await pair('client.crt', 'other.key')).toEqual([
      expect.stringContaining('other.key: it is not the key of the certificate'),
    ])
    expect(await pair('client.key', 'client.key')).toEqual([
      expect.stringContaining('client.key: there is no certificate (PEM) in it'),
    ])
    expect(await pair('client.crt', 'client.crt')).toEqual([
      expect.stringContaining('client.crt: there is no key (PEM) in it'),
    ])
    expect(await pair('client.crt', 'gone.key')).toEqual([
      expect.stringMatching(/^file-unreadable 5:.* gone.key cannot be read: it does not exist/),
    ])
    expect(await faults(`tls: { ca: ${at('half.crt')} }`)).toEqual([
      expect.stringContaining('certificate 1 of 1 has no end'),
    ])
    expect(await faults(`tls: { ca: ${at('bad.crt')} }`)).toEqual([
      expect.stringContaining('certificate 2 of 2 cannot be read'),
    ])
  })

  test('half a pair, an authority that nothing is checked against, TLS over http, a host that is none', async () => {
    const { at } = place(makeAuthority().issue('gateway'), makeAuthority().cert)
    expect(await faults(`tls: { cert: ${at('client.crt')} }`)).toEqual([
      expect.stringContaining('`cert` and `key` go together'),
    ])
    expect(await faults(`tls: { ca: ${at('ca.crt')}, verify: false }`)).toEqual([
      expect.stringContaining('nothing is checked against it'),
    ])
    expect(await faults('tls: { serverName: a.b }', 'http://127.0.0.1:9')).toEqual([
      expect.stringContaining('its endpoints are all of http'),
    ])
    expect(await faults('host: a/b')).toEqual([expect.stringContaining('write a host as in a URL')])
    expect(await faults('host: "a\\r\\nb"')).toEqual([expect.stringContaining('write a host as in a URL')])
  })
})
