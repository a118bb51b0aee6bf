import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { issue } from '../../support/certificates.ts'
import { afterTest, createDirectory } from '../../support/cleanup.ts'
import { startGateway } from '../../support/gateway.ts'
import { dial, parseAnswer, readAll, request } from '../../support/raw.ts'
import { askTls, pairFiles, startWith } from '../../support/tls-gateway.ts'
import { until } from '../../support/waiting.ts'

const hasHaproxy = spawnSync('haproxy', ['-v']).status === 0
if (!hasHaproxy) console.warn('skipped, as haproxy is not installed: its PROXY protocol headers')

const whoAsks = 'match: GET /who\nresponse: { body: $.request.ip }\n'
const listen = (more = '') => `listen: { port: 0, proxyProtocol: { from: [127.0.0.1] }${more} }\n`
const ask = request('GET /who HTTP/1.1')

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** The real thing before a gateway: what it is asked at its port goes on by TCP. */
async function startHaproxy(gatewayPort: number, server: string, backend = ''): Promise<number> {
  const port = await freePort()
  const file = join(createDirectory(), 'haproxy.cfg')
  const timeouts = 'timeout connect 10s\n  timeout client 60s\n  timeout server 60s'
  const listen = `listen all\n  bind 127.0.0.1:${port}\n  ${backend}\n  server one 127.0.0.1:${gatewayPort} ${server}`
  writeFileSync(file, `defaults\n  mode tcp\n  ${timeouts}\n${listen}\n`)
  const child = spawn('haproxy', ['-db', '-f', file], { stdio: 'ignore' })
  afterTest(() => child.kill())
  await until(() => dial(port).catch(() => undefined))
  return port
}

;(hasHaproxy ? describe : describe.skip)('behind haproxy', () => {
  const options = 'send-proxy-v2 proxy-v2-options crc32c,unique-id'

  test('a client is who haproxy says, whatever else it says of him', async () => {
    const { port } = await startGateway({ gateway: listen(), 'routes/who': whoAsks })
    const front = await startHaproxy(port, options, 'unique-id-format %[uuid]')
    // Another address of this machine than haproxy's own.
    const socket = connect({ host: '127.0.0.1', port: front, localAddress: '127.0.0.2' })
    socket.write(ask)
    expect(parseAnswer(await readAll(socket)).json()).toBe('127.0.0.2')
  })

  test('TLS goes through it to the gateway', async () => {
    const running = await startWith(
      { gateway: listen(', tls: { cert: ./a.crt, key: ./a.key }'), 'routes/who': whoAsks },
      pairFiles('a', issue()),
    )
    const front = await startHaproxy(running.port, options)
    expect(parseAnswer(await askTls(front, ask)).status).toBe(200)
  })

  test('its checks are its own, and answered', async () => {
    const running = await startGateway({
      gateway: `${listen()}accessLog: { fields: [client] }\n`,
      'routes/who': whoAsks,
    })
    const check = 'option httpchk\n  http-check send meth GET uri /who ver HTTP/1.1 hdr host a'
    await startHaproxy(running.port, `${options} check inter 50ms`, check)
    const line = await until(() => running.lines.find((text) => text.includes('"route":"who"')))
    expect(JSON.parse(line)).toMatchObject({ status: 200, client: '127.0.0.1' })
  })
})
