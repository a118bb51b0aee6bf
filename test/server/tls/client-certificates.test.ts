import { once } from 'node:events'
import { describe, expect, test } from '@jest/globals'
import type { ClientCertificate } from '../../../src/identity/credential.ts'
import type { ListenerTls } from '../../../src/plan/certificates.ts'
import { clientCertificate } from '../../../src/server/http/client-certificate.ts'
import { bind, closeNow, createListener, defaultLimits } from '../../../src/server/http/listener.ts'
import { TlsContexts } from '../../../src/server/http/tls/contexts.ts'
import { issue, revoke } from '../../support/certificates.ts'
import { afterTest } from '../../support/cleanup.ts'
import { parseAnswer, request } from '../../support/raw.ts'
import { askTls, dialTls } from '../../support/tls-gateway.ts'

const ca = issue({ name: 'ca', isCa: true })
const own = issue()

const tlsOf = (more: Partial<ListenerTls> & { clientCert?: 'request' | 'require' } = {}): ListenerTls => ({
  listener: 'public',
  settings: {
    certs: [],
    minVersion: '1.2',
    clientCa: 'ca.crt',
    clientCert: more.clientCert ?? 'request',
    crl: undefined,
    tickets: undefined,
  },
  pairs: [{ ...own, names: [], expiresMs: 0 }],
  clientCa: ca.cert,
  crl: undefined,
  ticketKey: undefined,
  key: String(Math.random()),
  ...more,
})

async function start(tls: ListenerTls) {
  const seen: (ClientCertificate | undefined)[] = []
  const contexts = new TlsContexts(tls)
  const server = createListener(
    {
      onRequest: (message, response) => {
        seen.push(clientCertificate(message))
        response.end()
      },
      takesUpgrade: () => false,
      onUpgrade: () => {},
    },
    defaultLimits,
    { contexts, faults: { note() {} }, handshakeTimeoutMs: 5000 },
  )
  afterTest(() => closeNow(server))
  const port = await bind(server, { host: '127.0.0.1', port: 0 })
  const ask = async (client: { cert?: string; key?: string }) => {
    const { status } = parseAnswer(await askTls(port, request('GET / HTTP/1.1'), client))
    return status === 200 ? (seen.pop() ?? 'none') : 'refused'
  }
  return { port, ask, contexts }
}

describe('a client is who its certificate says', () => {
  test('where the listener’s authority has signed it, with its names but those that are like others on purpose', async () => {
    const client = issue({
      name: 'orders',
      dns: ['orders.test'],
      uris: ['spiffe://prod/orders', 'spiffe://prod/orders, DNS:evil'],
      by: ca,
    })
    const { ask } = await start(tlsOf())
    expect(await ask(client)).toMatchObject({
      subject: 'CN=orders',
      names: ['dns:orders.test', 'spiffe://prod/orders'],
    })
  })

  test('and nobody without one, or with one that is foreign, over or taken back', async () => {
    const good = issue({ name: 'good', by: ca })
    const bad = [
      {},
      issue({ name: 'self-signed' }),
      issue({ name: 'foreign', by: issue({ name: 'ca', isCa: true }) }),
      issue({ name: 'over', by: ca, from: Date.now() - 9000, until: Date.now() - 5000 }),
      issue({ name: 'revoked', by: ca }),
    ]
    const crl = revoke(ca, [bad[4] as typeof good])
    const lenient = await start(tlsOf({ crl }))
    const strict = await start(tlsOf({ crl, clientCert: 'require' }))
    expect(await lenient.ask(good)).toMatchObject({ subject: 'CN=good' })
    expect(await strict.ask(good)).toMatchObject({ subject: 'CN=good' })
    for (const client of bad) {
      expect(await lenient.ask(client)).toBe('none')
      const outcome = await strict.ask(client).catch(() => 'refused')
      expect(outcome).toBe('refused')
    }
  })

  test('and whoever comes back with a session is verified anew once his certificate was taken back', async () => {
    const client = issue({ name: 'orders', by: ca })
    const { port, contexts } = await start(tlsOf({ crl: revoke(ca, []) }))
    const socket = await dialTls(port, client)
    const session = (await once(socket, 'session'))[0] as Buffer
    const again = async () => {
      const other = await dialTls(port, { ...client, session })
      other.write(request('GET / HTTP/1.1'))
      await once(other, 'data')
      return other.isSessionReused()
    }
    expect(await again()).toBe(true)
    contexts.renew(tlsOf({ crl: revoke(ca, [client]) }))
    expect(await again()).toBe(false)
  })
})
