import { createServer, type IncomingMessage } from 'node:http'
import { describe, expect, test } from '@jest/globals'
import { GatewayError } from '../../src/errors.ts'
import { readBody } from '../../src/server/http/body.ts'
import { defaultLimits } from '../../src/server/http/listener.ts'
import { opened } from '../support/cleanup.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { dial } from '../support/raw.ts'
import { observe } from '../support/servers.ts'
import { until } from '../support/waiting.ts'

async function receive(text: string, clock: FakeClock) {
  const received: IncomingMessage[] = []
  const server = await opened(observe(createServer((request) => received.push(request))))
  const socket = await dial(server.port)
  socket.write(text)
  await until(() => received.length === 1)
  return { socket, body: readBody(received[0]!, 100, clock).catch((thrown: unknown) => thrown) }
}

describe('a body that is slow to come', () => {
  test('is given up in the end', async () => {
    const clock = new FakeClock()
    const { body } = await receive('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf', clock)
    await clock.advance(defaultLimits.bodyTimeoutMs)
    const error = (await body) as GatewayError
    expect(error).toBeInstanceOf(GatewayError)
    expect([error.code, error.status]).toEqual(['request-timeout', 408])
  })

  test('is waited for until then, and leaves no timer', async () => {
    const clock = new FakeClock()
    const { socket, body } = await receive('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\nhalf', clock)
    await clock.advance(defaultLimits.bodyTimeoutMs - 1)
    socket.write('rest')
    expect(await body).toEqual({ bytes: Buffer.from('halfrest') })
    expect(clock.pending).toBe(0)
  })
})

test('a request without a body gives no bytes', async () => {
  const { body } = await receive('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n', new FakeClock())
  expect(await body).toEqual({ bytes: Buffer.alloc(0) })
})
