import { once } from 'node:events'
import type { Socket } from 'node:net'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { closeFromClient, closeFromServer, Frames } from '../../src/server/passthrough/frames.ts'
import { opened } from '../support/cleanup.ts'
import { startGateway } from '../support/gateway.ts'
import { startTcpServer } from '../support/servers.ts'
import { until } from '../support/waiting.ts'
import { openWebSocket } from '../support/websocket.ts'

function frame(length: number, isMasked: boolean): Buffer {
  const mask = isMasked ? 0x80 : 0
  const size = Buffer.alloc(length < 126 ? 0 : length < 65_536 ? 2 : 8)
  if (size.length === 2) size.writeUInt16BE(length)
  if (size.length === 8) size.writeBigUInt64BE(BigInt(length))
  const said = length < 126 ? length : size.length === 2 ? 126 : 127
  return Buffer.concat([Buffer.of(0x82, mask | said), size, Buffer.alloc(isMasked ? 4 : 0, 7), Buffer.alloc(length, 9)])
}

const anyFrame = fc
  .tuple(fc.oneof(fc.nat(130), fc.constantFrom(125, 126, 65_535, 65_536)), fc.boolean())
  .map(([length, isMasked]) => frame(length, isMasked))

test('frames end where they end, however they are cut', () => {
  fc.assert(
    fc.property(fc.array(anyFrame, { minLength: 1, maxLength: 4 }), fc.nat(), (all, cut) => {
      const bytes = Buffer.concat(all)
      const at = cut % bytes.length
      const frames = new Frames()
      frames.take(bytes.subarray(0, at))
      let end = 0
      const ends = [0, ...all.map(({ length }) => (end += length))]
      expect(frames.isBetween).toBe(ends.includes(at))
      // What is still taken is the rest of the frame that has begun.
      expect(at + frames.take(bytes.subarray(at), true)).toBe(ends.find((one) => one >= at))
      expect(frames.isBetween).toBe(true)
    }),
  )
})

describe('a gateway that ends', () => {
  const start = async () => {
    const backends: Socket[] = []
    const backend = await opened(
      startTcpServer((socket) => {
        if (backends.includes(socket)) return
        backends.push(socket)
        socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n')
      }),
    )
    const running = await startGateway({
      gateway: 'drain: { total: 30s }',
      'services/chat': `service: chat\nendpoints: [${backend.url}]\n`,
      'routes/chat': 'match: ANY /chat/*rest\nproxy: chat\n',
    })
    const { socket, status } = await openWebSocket(running.port, '/chat/room')
    expect(status).toBe(101)
    const [far] = await until(() => backends.length === 1 && backends)
    const heard = { client: Buffer.alloc(0), backend: Buffer.alloc(0) }
    socket.on('data', (bytes: Buffer) => {
      heard.client = Buffer.concat([heard.client, bytes])
    })
    far!.on('data', (bytes: Buffer) => {
      heard.backend = Buffer.concat([heard.backend, bytes])
    })
    return { ...running, client: socket, backend: far!, heard }
  }

  test('tells both ends of a WebSocket that it goes away (1001), and does not wait for its time to be over', async () => {
    const { gateway, client, backend, heard } = await start()
    backend.write(frame(3, false))
    await until(() => heard.client.length === frame(3, false).length)
    const ended = once(client, 'end')
    const closing = gateway.close()
    await ended
    expect(heard.client).toEqual(Buffer.concat([frame(3, false), closeFromServer]))
    await until(() => heard.backend.equals(closeFromClient))
    client.end()
    await closing
  })

  test('lets the frame that is under way end before', async () => {
    const { gateway, client, backend, heard } = await start()
    const long = frame(70_000, false)
    backend.write(long.subarray(0, 1000))
    await until(() => heard.client.length === 1000)
    const closing = gateway.close()
    await until(() => heard.backend.equals(closeFromClient))
    const ended = once(client, 'end')
    backend.write(Buffer.concat([long.subarray(1000), frame(9, false)]))
    await ended
    expect(heard.client.equals(Buffer.concat([long, closeFromServer]))).toBe(true)
    client.end()
    await closing
  })
})
