import { readFileSync } from 'node:fs'
import { request as ask, createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, test } from '@jest/globals'
import { readAlternativeNames } from '../../src/identity/alternative-names.ts'
import { readForwarded } from '../../src/identity/schemes/mtls/forwarded.ts'
import { afterTest, opened } from '../support/cleanup.ts'
import { startGuarded } from '../support/guarded.ts'
import { sendRaw } from '../support/raw.ts'
import { startHttpServer } from '../support/servers.ts'

const pem = (name: string) => readFileSync(new URL(`../support/tls/${name}.pem`, import.meta.url))
const orders = 'spiffe://prod/ns/shop/sa/orders'
const names = { jwt: `{ mtls: { names: ['${orders}', 'dns:ORDERS.shop.svc'] } }` }
const forwarded = {
  jwt: `{ mtls: { names: ['${orders}'], subject: ['CN=orders,O=Shop'], header: x-forwarded-client-cert } }`,
}
const behindProxy = `trustedProxies: [loopback]\nauth: { user: ${forwarded.jwt} }\ndefaults: { auth: user }`
const xfcc = (value: string) => ({ 'x-forwarded-client-cert': value })

/** A gateway behind a TLS listener that asks its clients for certificates. */
async function startTls(scheme: string) {
  const { gateway } = await startGuarded({ jwt: scheme })
  const server = createServer(
    { cert: pem('cert'), key: pem('key'), ca: pem('client-ca'), requestCert: true, rejectUnauthorized: false },
    gateway.handler,
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  afterTest(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return (client: object = {}) =>
    new Promise<{ status: number | undefined; challenge: string | undefined; body: string }>((resolve, reject) => {
      const options = { port, host: '127.0.0.1', path: '/who', agent: false, rejectUnauthorized: false, ...client }
      ask(options, async (answer) =>
        resolve({ status: answer.statusCode, challenge: answer.headers['www-authenticate'], body: await text(answer) }),
      )
        .on('error', reject)
        .end()
    })
}

const client = { cert: pem('client-cert'), key: pem('client-key') }

test('a client is let in by a name of the certificate that it shows', async () => {
  const asks = await startTls(names.jwt)
  const { status, body } = await asks(client)
  expect([status, JSON.parse(body)]).toEqual([200, { user: orders, scheme: 'user' }])
  const without = await asks()
  expect([without.status, without.challenge]).toEqual([401, 'ClientCertificate realm="tessera"'])
})

test('a client is let in by the whole subject of its certificate, and by no part of it', async () => {
  const whole = await startTls("{ mtls: { subject: ['CN=orders,O=Shop\\, Inc.,C=DE'] } }")
  expect((await whole(client)).status).toBe(200)
  const part = await startTls("{ mtls: { subject: ['CN=orders', 'O=Shop'] } }")
  expect((await part(client)).status).toBe(401)
})

test('a certificate that nobody has verified is none', async () => {
  const asks = await startTls(names.jwt)
  const { body, status } = await asks({ cert: pem('cert'), key: pem('key') })
  expect([status, JSON.parse(body).code]).toEqual([401, 'unauthenticated'])
})

test('a header says nothing of a client whose certificate is asked for here', async () => {
  const { ask } = await startGuarded(names, {
    gateway: `trustedProxies: [loopback]\nauth: { user: ${names.jwt} }\ndefaults: { auth: user }`,
  })
  expect((await ask('/who', xfcc(`URI=${orders}`))).status).toBe(401)
})

test('a trusted proxy says whose certificate it has seen, and nobody else does', async () => {
  const { ask } = await startGuarded(forwarded, { gateway: behindProxy })
  const hash = `By=spiffe://prod/edge;Hash=${'0'.repeat(64)}`
  expect((await ask('/who', xfcc(`${hash};Subject="CN=x";URI=${orders}`))).body.user).toBe(orders)
  expect((await ask('/who', xfcc(`${hash};Subject="CN=orders,O=Shop"`))).body.user).toBe('CN=orders,O=Shop')
  const untrusted = await startGuarded(forwarded, {
    gateway: behindProxy.replace('loopback', '192.0.2.1'),
  })
  expect((await untrusted.ask('/who', xfcc(`URI=${orders}`))).status).toBe(401)
})

test.each([
  ['an element in front', `URI=${orders},By=x;URI=spiffe://evil`],
  ['an element behind', `URI=spiffe://evil,URI=${orders}`],
  ['two subjects', 'Subject="CN=orders,O=Shop";Subject="CN=evil"'],
  ['a subject without quotes', 'Subject=CN=orders,O=Shop'],
  ['a quote that nothing closes', `Subject="CN=evil;URI=${orders}`],
  ['its name in the subject', `Subject="CN=evil;URI=${orders}"`],
  ['its name behind an escaped quote', `Subject="CN=evil\\";URI=${orders};X=\\""`],
  ['its name in another key', `By=${orders}`],
  ['a longer name', `URI=${orders}/evil`],
  ['a shorter name', `URI=${orders.slice(0, -1)}`],
  ['a name in other letters', `URI=${orders.toUpperCase()}`],
  ['nothing', ''],
  ['no key', orders],
  ['a part of the subject', 'Subject="CN=orders"'],
  ['more than the subject', 'Subject="CN=orders,O=Shop,C=DE"'],
])('a header with %s lets in nobody', async (_name, value) => {
  const { ask } = await startGuarded(forwarded, { gateway: behindProxy })
  expect((await ask('/who', xfcc(value))).status).toBe(401)
})

test('of two such headers none is believed, nor is one with a name that some services read the same', async () => {
  const { port } = await startGuarded(forwarded, { gateway: behindProxy })
  const send = async (...lines: string[]) =>
    (await sendRaw(port, `GET /who HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${lines.join('\r\n')}\r\n\r\n`)).status
  const good = `X-Forwarded-Client-Cert: URI=${orders}`
  expect(await send(good)).toBe(200)
  expect(await send(good, good)).toBe(401)
  expect(await send('X-Forwarded-Client-Cert: URI=spiffe://evil', good)).toBe(401)
  expect(await send(`X_Forwarded_Client_Cert: URI=${orders}`)).toBe(401)
})

test('the header goes on to no service, and a page that changes something is looked at', async () => {
  const seen: unknown[] = []
  const backend = await opened(
    startHttpServer(({ headers }, response) => {
      seen.push(headers['x-forwarded-client-cert'])
      response.end('file')
    }),
  )
  const { ask } = await startGuarded(forwarded, {
    gateway: behindProxy,
    'services/files': `service: files\nendpoints: [${backend.url}]\n`,
    'routes/files': "match: '* /files/*rest'\nproxy: files\n",
  })
  const post = (headers: Record<string, string>) =>
    ask('/files/a', { ...xfcc(`URI=${orders}`), ...headers }, { method: 'POST' })
  expect((await post({ origin: 'https://evil.example' })).status).toBe(403)
  expect((await post({})).status).toBe(200)
  expect(seen).toEqual([undefined])
})

test('what could never come, or would let in more than one says, is an error at load', async () => {
  await expect(startGuarded(forwarded)).rejects.toThrow(/taken from trusted proxies only, and there are none/)
  const scheme = (keys: string) => startGuarded({ jwt: `{ mtls: { ${keys} } }` })
  await expect(scheme('')).rejects.toThrow(/say whom it lets in/)
  await expect(scheme("names: ['dns:*.shop.svc']")).rejects.toThrow(/and whole/)
  await expect(scheme('names: [orders]')).rejects.toThrow(/spiffe/)
  await expect(scheme("names: ['dns:a'], header: x-client-cert")).rejects.toThrow(/x-forwarded-client-cert/)
})

test('names of certificates are read as they are meant', () => {
  expect(readAlternativeNames('DNS:A.example, URI:spiffe://p/x, IP Address:10.0.0.1')).toEqual([
    'dns:a.example',
    'spiffe://p/x',
  ])
  expect(readAlternativeNames('URI:"spiffe://evil, URI:spiffe://prod", DNS:b')).toEqual(['dns:b'])
  expect(readAlternativeNames(undefined)).toEqual([])
  expect(readForwarded('DNS=A.example;URI=spiffe://p/x;Subject=""')).toEqual({
    subject: '',
    names: ['dns:a.example', 'spiffe://p/x'],
    expiresMs: undefined,
  })
})

test('what a certificate tells is compressed where its route says so alone, a service’s answer too', async () => {
  const long = 'long '.repeat(1000)
  const backend = await opened(
    startHttpServer((_request, response) => void response.setHeader('content-type', 'text/plain').end(long)),
  )
  const { ask } = await startGuarded(forwarded, {
    gateway: `${behindProxy}\ncompress: true`,
    'services/files': `service: files\nendpoints: [${backend.url}]\n`,
    'routes/page': `match: GET /page\nresponse: { body: ${long} }`,
    'routes/own': `match: GET /own\ncompress: true\nresponse: { body: ${long} }`,
    'routes/files': "match: '* /files/*rest'\nproxy: files",
    'routes/open': `match: GET /open\nauth: none\nresponse: { body: ${long} }`,
  })
  const coding = async (path: string) => {
    const answer = await ask(path, { 'accept-encoding': 'gzip', ...xfcc(`URI=${orders}`) })
    return [answer.status, answer.headers.get('content-encoding')]
  }
  expect(await coding('/page')).toEqual([200, null])
  expect(await coding('/files/a')).toEqual([200, null])
  expect(await coding('/own')).toEqual([200, 'gzip'])
  expect(await coding('/open')).toEqual([200, 'gzip'])
})
