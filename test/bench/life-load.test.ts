import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from '@jest/globals'
import { type Answer, Client } from '../../bench/life/client.ts'
import { type Exchange, startConstantRate } from '../../bench/life/constant-rate.ts'

const page: Answer = { status: 200, head: 'HTTP/1.1 200 OK', body: Buffer.from('{}') }
const block = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)

describe('a constant rate', () => {
  test('sends every request when it is due, and says how late', async () => {
    const exchanges: Exchange[] = []
    const load = startConstantRate(
      { perSecond: 200, seconds: 0.2 },
      (taker) => setTimeout(() => taker(page, undefined), 5),
      (exchange) => exchanges.push(exchange),
    )
    await load.ended
    const due = exchanges.map(({ dueMs }) => dueMs).sort((one, other) => one - other)
    expect(due).toEqual(Array.from({ length: 40 }, (_, index) => index * 5))
    for (const { lateMs, totalMs } of exchanges) {
      expect(lateMs).toBeGreaterThanOrEqual(0)
      expect(totalMs).toBeGreaterThan(lateMs)
    }
  })

  test('counts the time that requests could not be sent in, and leaves none of them out', async () => {
    const exchanges: Exchange[] = []
    let sent = 0
    const load = startConstantRate(
      { perSecond: 200, seconds: 0.2 },
      (taker) => {
        sent++
        if (sent === 10) block(80)
        taker(page, undefined)
      },
      (exchange) => exchanges.push(exchange),
    )
    await load.ended
    expect(exchanges).toHaveLength(40)
    // The eleventh was due 5 ms into the standstill, so it waited for what was left of it.
    const eleventh = exchanges.find(({ dueMs }) => dueMs === 50)!
    expect(eleventh.lateMs).toBeGreaterThanOrEqual(74)
    expect(eleventh.totalMs).toBeGreaterThanOrEqual(eleventh.lateMs)
  })

  test('that is stopped sends no more and waits for what is under way', async () => {
    let sent = 0
    let ended = 0
    const load = startConstantRate(
      { perSecond: 100, seconds: 60 },
      (taker) => {
        sent++
        setTimeout(() => taker(undefined, 'broken'), 20)
      },
      ({ failure }) => {
        expect(failure).toBe('broken')
        ended++
        if (ended === 3) void load.stop()
      },
    )
    await load.ended
    expect(ended).toBe(sent)
    expect(sent).toBeLessThan(100)
  })
})

describe('the client', () => {
  let server: Server | undefined
  let client: Client | undefined
  afterEach(async () => {
    client?.close()
    server?.close()
    if (server) await once(server, 'close')
  })

  /** A server that writes these pieces for each request, each in a packet of its own. */
  async function ask(pieces: readonly string[], closes = false) {
    let connections = 0
    server = createServer((socket: Socket) => {
      connections++
      socket.on('error', () => {})
      socket.on('data', async () => {
        for (const piece of pieces) {
          socket.write(piece)
          await new Promise((resolve) => setTimeout(resolve, 5))
        }
        if (closes) socket.end()
      })
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    client = new Client(port, '/', {})
    const send = () => new Promise<unknown[]>((resolve) => client!.send((...outcome) => resolve(outcome)))
    return { send, countConnections: () => connections }
  }

  test('takes an answer in pieces, and uses its connection again', async () => {
    const { send, countConnections } = await ask(['HTTP/1.1 200 OK\r\nContent-', 'Length: 4\r\nA: b\r\n\r\n{"', 'a}'])
    for (let count = 0; count < 2; count++) {
      const [answer, failure] = (await send()) as [Answer, undefined]
      expect([answer.status, answer.body.toString(), failure]).toEqual([200, '{"a}', undefined])
      expect(answer.head).toContain('A: b')
    }
    expect(countConnections()).toBe(1)
  })

  test('fails for an answer that ends too soon', async () => {
    const { send } = await ask(['HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n{"'], true)
    expect(await send()).toEqual([undefined, 'the connection was closed'])
  })

  test('fails for an answer whose length it is not told', async () => {
    const { send } = await ask(['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'])
    expect(await send()).toEqual([undefined, 'an answer without Content-Length'])
  })

  test('fails where nobody listens', async () => {
    await ask([])
    server!.close()
    await once(server!, 'close')
    server = undefined
    expect(await new Promise((resolve) => client!.send((...outcome) => resolve(outcome)))).toEqual([
      undefined,
      'ECONNREFUSED',
    ])
  })
})
