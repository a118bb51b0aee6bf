import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { readSlices } from '../../../src/endpoints/discovery/endpoint-slices.ts'
import type { KubernetesSettings } from '../../../src/endpoints/discovery/kubernetes.ts'
import { afterTest } from '../../support/cleanup.ts'
import { follow } from '../../support/discovery.ts'
import { KubernetesDouble, type Slice } from '../../support/registries/kubernetes.ts'
import { until } from '../../support/waiting.ts'

function slice(name: string, addresses: readonly string[], more: Partial<Slice> = {}): Slice {
  const endpoints = addresses.map((address) => ({ addresses: [address] }))
  return { metadata: { name }, addressType: 'IPv4', endpoints, ports: [{ name: 'http', port: 9004 }], ...more }
}

async function start(settings: Partial<KubernetesSettings> = {}, prepare: (api: KubernetesDouble) => void = () => {}) {
  const api = await new KubernetesDouble().start()
  afterTest(() => api.stop())
  prepare(api)
  const all: KubernetesSettings = {
    service: 'reco',
    namespace: 'shop',
    port: undefined,
    scheme: 'http',
    address: api.address,
    tokenFile: undefined,
    caFile: undefined,
    namespaceFile: '/nowhere',
  }
  const followed = follow({ kind: 'kubernetes', settings: { ...all, ...settings } })
  afterTest(() => followed.watch.close())
  return { api, ...followed }
}

describe('discovery by Kubernetes (a double of its API server)', () => {
  test('lists the slices of a service, then watches them', async () => {
    const { api, untilListed } = await start({}, (api) => {
      api.put(slice('reco-a', ['10.0.0.1', '10.0.0.2']))
    })
    await untilListed(['http://10.0.0.1:9004', 'http://10.0.0.2:9004'])
    api.put(slice('reco-b', ['10.0.0.3']))
    await untilListed(['http://10.0.0.1:9004', 'http://10.0.0.2:9004', 'http://10.0.0.3:9004'])
    api.put(slice('reco-a', ['10.0.0.2']))
    await untilListed(['http://10.0.0.2:9004', 'http://10.0.0.3:9004'])
    api.delete('reco-b')
    await untilListed(['http://10.0.0.2:9004'])
    expect(api.requests[0]).toBe(
      '/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices?labelSelector=kubernetes.io%2Fservice-name%3Dreco',
    )
    expect(api.requests).toHaveLength(2)
  })

  test('goes on from the last version, a bookmark’s too, when a watch ends', async () => {
    const { api, untilListed } = await start({}, (api) => api.put(slice('reco-a', ['10.0.0.1'])))
    await untilListed(['http://10.0.0.1:9004'])
    await until(() => api.watchers === 1)
    api.bookmark()
    const { version } = api
    await new Promise((resolve) => setTimeout(resolve, 50))
    api.endWatches()
    await until(() => api.requests.length === 3)
    expect(api.requests[2]).toContain(`watch=1&allowWatchBookmarks=true&timeoutSeconds=240&resourceVersion=${version}`)
  })

  test('lists again when its version is too old (410 Gone)', async () => {
    const { api, untilListed } = await start({}, (api) => api.put(slice('reco-a', ['10.0.0.1'])))
    await untilListed(['http://10.0.0.1:9004'])
    await until(() => api.watchers === 1)
    api.slices.set('reco-b', slice('reco-b', ['10.0.0.9']))
    api.oldest = api.version + 1
    api.endWatches()
    await until(() => api.requests.length >= 4)
    api.oldest = 0
    await untilListed(['http://10.0.0.1:9004', 'http://10.0.0.9:9004'])
  })

  test('reads the token anew when it was rotated', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'tessera-token-'))
    afterTest(() => rmSync(directory, { recursive: true }))
    const tokenFile = join(directory, 'token')
    writeFileSync(tokenFile, 'first\n')
    const { api, untilListed, notices } = await start({ tokenFile }, (api) => {
      api.token = 'first'
      api.put(slice('reco-a', ['10.0.0.1']))
    })
    await untilListed(['http://10.0.0.1:9004'])
    await until(() => api.watchers === 1)
    writeFileSync(tokenFile, 'second\n')
    api.token = 'second'
    api.endWatches()
    await until(() => api.watchers === 1)
    expect(notices).toEqual([])
  })

  test('keeps the last known while it is down', async () => {
    const { api, untilListed, states, lists } = await start({}, (api) => api.put(slice('reco-a', ['10.0.0.1'])))
    await untilListed(['http://10.0.0.1:9004'])
    await api.stop()
    await until(() => states.at(-1) === false)
    expect(lists).toHaveLength(1)
    api.put(slice('reco-a', ['10.0.0.5']))
    await api.start()
    await untilListed(['http://10.0.0.5:9004'])
  })
})

describe('EndpointSlices', () => {
  const read = (slices: readonly Slice[], port?: string | number) =>
    readSlices(slices, { port, scheme: 'http' }).map(({ url, zone }) => (zone === undefined ? url : `${url} ${zone}`))

  test('give ready endpoints, those of unknown readiness too, with their zone', () => {
    const endpoints = [
      { addresses: ['10.0.0.1'], conditions: { ready: true }, zone: 'a' },
      { addresses: ['10.0.0.2'], conditions: { ready: false } },
      { addresses: ['10.0.0.3'], conditions: {} },
    ]
    expect(read([slice('x', [], { endpoints })])).toEqual(['http://10.0.0.1:9004 a', 'http://10.0.0.3:9004'])
  })

  test('give the port that is wanted by name or number', () => {
    const ports = [
      { name: 'http', port: 80 },
      { name: 'admin', port: 90 },
    ]
    const two = [slice('x', ['10.0.0.1'], { ports })]
    expect([read(two), read(two, 'admin'), read(two, 90), read(two, 'grpc')]).toEqual(
      [['http://10.0.0.1'], ['http://10.0.0.1:90'], ['http://10.0.0.1:90'], []].map((urls) =>
        urls.map((url) => (url.endsWith('.1') ? `${url}:80` : url)),
      ),
    )
  })

  test('give an endpoint once that two slices name, and IPv6 in brackets', () => {
    const six = slice('six', ['fd00::1'], { addressType: 'IPv6' })
    expect(read([slice('x', ['10.0.0.1']), slice('y', ['10.0.0.1']), six])).toEqual([
      'http://10.0.0.1:9004',
      'http://[fd00::1]:9004',
    ])
  })
})
