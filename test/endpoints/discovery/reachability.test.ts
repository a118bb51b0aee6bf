import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { expect, test } from '@jest/globals'
import { takesConnections } from '../../../src/endpoints/discovery/reachability.ts'

const target = (url: string, address?: string) => ({ url, address, weight: 1, zone: undefined })

const addresses = Object.values(networkInterfaces()).flatMap((all) => all?.map(({ address }) => address) ?? [])
const hasIpv6 = addresses.includes('::1')
if (!hasIpv6) process.stderr.write(`skipped: ${import.meta.filename}, over ::1 (this machine has no IPv6)\n`)

test.each(hasIpv6 ? ['127.0.0.1', '::1'] : ['127.0.0.1'])(
  'an endpoint is there while it takes connections (%s)',
  async (host) => {
    const server = createServer((socket) => socket.destroy()).listen(0, host)
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const endpoint = target(`http://${host.includes(':') ? `[${host}]` : host}:${port}/v1`)
    expect(await takesConnections(endpoint)).toBe(true)
    expect(await takesConnections(target(`https://words.invalid:${port}`, host))).toBe(true)
    await once(server.close(), 'close')
    expect(await takesConnections(endpoint)).toBe(false)
    expect(await takesConnections(target(`http://words.invalid:${port}`, host))).toBe(false)
  },
)
