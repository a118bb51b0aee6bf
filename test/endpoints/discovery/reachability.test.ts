import { createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { expect, test } from '@jest/globals'
import { takesConnections } from '../../../src/endpoints/discovery/reachability.ts'
import { opened } from '../../support/cleanup.ts'
import { observe } from '../../support/servers.ts'

const target = (url: string, address?: string) => ({ url, address, weight: 1, zone: undefined })

const addresses = Object.values(networkInterfaces()).flatMap((all) => all?.map(({ address }) => address) ?? [])
const hasIpv6 = addresses.includes('::1')
if (!hasIpv6) process.stderr.write(`skipped: ${import.meta.filename}, over ::1 (this machine has no IPv6)\n`)

test.each(hasIpv6 ? ['127.0.0.1', '::1'] : ['127.0.0.1'])(
  'an endpoint is there while it takes connections (%s)',
  async (host) => {
    const { port, close } = await opened(
      observe(
        createServer((socket) => socket.destroy()),
        { host, port: 0 },
      ),
    )
    const endpoint = target(`http://${host.includes(':') ? `[${host}]` : host}:${port}/v1`)
    expect(await takesConnections(endpoint)).toBe(true)
    expect(await takesConnections(target(`https://words.invalid:${port}`, host))).toBe(true)
    await close()
    expect(await takesConnections(endpoint)).toBe(false)
    expect(await takesConnections(target(`http://words.invalid:${port}`, host))).toBe(false)
  },
)
