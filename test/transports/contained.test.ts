import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { GatewayError } from '../../src/errors.ts'
import { type FaultPlace, onFault } from '../../src/faults.ts'
import { Connection } from '../../src/transports/http1/connection.ts'
import { ResponseReader } from '../../src/transports/http1/response-reader.ts'
import { openerFor } from '../../src/transports/http1/sockets.ts'
import { startTcpServer, type TestServer } from '../support/servers.ts'

const fault = new Error('ours')
const told: [unknown, FaultPlace][] = []
let stop = () => {}
beforeEach(() => {
  told.length = 0
  stop = onFault((thrown, place) => told.push([thrown, place]))
})
afterEach(() => stop())

describe('a callback of the lean client that throws', () => {
  let server: TestServer
  beforeEach(async () => {
    server = await startTcpServer((socket) => void socket.end())
  })
  afterEach(() => server.close())

  const open = (onReady: (connection: Connection) => void) =>
    new Promise<GatewayError | undefined>((resolve) => {
      new Connection({
        openSocket: openerFor(new URL(server.url), '127.0.0.1', {}),
        connectTimeoutMs: 1000,
        onReady,
        onGone: (_connection, error) => resolve(error),
      })
    })

  test('when it is connected ends the connection, by a fault of ours', async () => {
    const error = await open(() => {
      throw fault
    })
    expect([told, error?.code]).toEqual([[[fault, 'backend']], 'internal'])
    await server.disconnected()
  })

  test('when the other side ends is told of, and ends no more than that', async () => {
    const reader = new ResponseReader('GET', 100)
    const asker = {
      hasSent: true,
      came: () => true,
      lost: () => {},
      failed: () => {
        throw fault
      },
    }
    const error = await open((connection) => connection.send('GET / HTTP/1.1\r\n\r\n', undefined, reader, asker))
    expect([told, error?.code]).toEqual([[[fault, 'backend']], 'unavailable'])
  })
})
