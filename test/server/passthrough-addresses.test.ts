import { createServer } from 'node:http'
import { describe, expect, test } from '@jest/globals'
import { opened, openedForAll } from '../support/cleanup.ts'
import { startGateway } from '../support/gateway.ts'
import { startNameServer } from '../support/name-server.ts'
import { request, sendRaw } from '../support/raw.ts'
import { observe } from '../support/servers.ts'

const names = await openedForAll(startNameServer())

/** `/shop/…` is passed through to `shop.test`, wherever that is. */
function startBefore(port: number, service = '') {
  return startGateway({
    'services/shop': `service: shop\ndiscover: { dns: shop.test, port: ${port} }\n${service}\n`,
    'routes/shop': 'match: ANY /shop/*rest\nproxy: shop\n',
  })
}

const pass = (port: number) => sendRaw(port, request('GET /shop/x HTTP/1.1'))

/** Backends on several addresses, at one port; `asked` tells who was asked, in order. */
async function startAt(...addresses: string[]) {
  const asked: { address: string; host: string | undefined; url: string | undefined }[] = []
  let port = 0
  for (const address of addresses) {
    const server = createServer(({ headers, url, socket }, response) => {
      asked.push({ address: String(socket.localAddress), host: headers.host, url })
      response.end('{}')
    })
    const started = await opened(observe(server, { host: address, port }))
    port = started.port
  }
  return { asked, port }
}

describe('the endpoint that was chosen is the one that is asked', () => {
  test('by its address where its name has several, and by its name in Host', async () => {
    const addresses = ['127.0.0.1', '127.0.0.2', '127.0.0.3']
    const { asked, port } = await startAt(...addresses)
    names.become(addresses)
    const gateway = await startBefore(port)
    for (let round = 0; round < 3; round++) await pass(gateway.port)
    expect(asked.map(({ address }) => address).sort()).toEqual(addresses)
    expect(new Set(asked.map(({ host }) => host))).toEqual(new Set([`shop.test:${port}`]))
  })

  test('so that the one that fails rests, and those that are well are asked', async () => {
    const { asked, port } = await startAt('127.0.0.1', '127.0.0.3')
    names.become(['127.0.0.1', '127.0.0.2', '127.0.0.3'])
    const gateway = await startBefore(port, 'outlier: { failures: 1, maxEjected: 50% }')
    const statuses: number[] = []
    for (let round = 0; round < 9; round++) statuses.push((await pass(gateway.port)).status)
    expect(statuses.filter((status) => status !== 200)).toEqual([502])
    const { body } = await sendRaw(
      gateway.adminPort,
      'GET /-/endpoints HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n',
    )
    const states = JSON.parse(body).services[0].endpoints.map(({ address, state }: Record<string, string>) => [
      address,
      state,
    ])
    expect(Object.fromEntries(states)).toEqual({
      '127.0.0.1': 'healthy',
      '127.0.0.2': 'ejected',
      '127.0.0.3': 'healthy',
    })
    expect(asked).toHaveLength(8)
  })
})
