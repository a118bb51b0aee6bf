import { once } from 'node:events'
import { createServer } from 'node:http'
import { describe, expect, test } from '@jest/globals'
import { Scope } from '../../src/cancellation.ts'
import { transports } from '../../src/transports/index.ts'
import { defaultChannelOptions } from '../../src/transports/transport.ts'
import { opened } from '../support/cleanup.ts'
import { observe } from '../support/servers.ts'
import { describeTransportFaults } from '../support/transports/transport-faults.ts'

const http1 = transports.get('http1')!

describeTransportFaults(http1)

describe('an idle connection', () => {
  test('is closed before the backend does it, although no other request comes', async () => {
    const server = createServer((_request, response) => void response.end('{}'))
    // Node tells it by `Keep-Alive: timeout=2`.
    server.keepAliveTimeout = 2000
    const { url } = await opened(observe(server))
    const connected = once(server, 'connection')
    const channel = await opened(http1.open(new URL(url), '127.0.0.1', defaultChannelOptions))
    const request = { method: 'GET', path: '/', headers: [], body: undefined, timeLeftMs: 9000, maxResponseBytes: 100 }
    await channel.send(request, new Scope())
    const [socket] = await connected
    // The client's end comes first: the server's own timeout would destroy the socket without one.
    await expect(once(socket, 'end')).resolves.toEqual([])
  })
})
