import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { readServices } from '../../../src/endpoints/discovery/dns-message.ts'
import { resolveServices } from '../../../src/endpoints/discovery/service-records.ts'
import { afterTest, opened } from '../../support/cleanup.ts'
import { observe } from '../../support/servers.ts'

const name = (text: string) =>
  Buffer.concat([
    ...text.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])),
    Buffer.from([0]),
  ])

function record(owner: Buffer, type: number, ttl: number, data: Buffer): Buffer {
  const fixed = Buffer.alloc(10)
  fixed.writeUInt16BE(type, 0)
  fixed.writeUInt16BE(1, 2)
  fixed.writeUInt32BE(ttl, 4)
  fixed.writeUInt16BE(data.length, 8)
  return Buffer.concat([owner, fixed, data])
}

const toQuestion = Buffer.from([0xc0, 12])
const srv = (ttl: number, priority: number, weight: number, port: number, target: Buffer) =>
  record(toQuestion, 33, ttl, Buffer.concat([Buffer.from([0, priority, 0, weight, port >> 8, port & 0xff]), target]))

/** The answer to a question: its own id and question, then records. */
function answer(question: Buffer, records: readonly Buffer[], { code = 0, isTruncated = false } = {}): Buffer {
  const head = Buffer.from(question.subarray(0, 12))
  head.writeUInt16BE(0x8180 | code | (isTruncated ? 0x0200 : 0), 2)
  head.writeUInt16BE(records.length, 6)
  return Buffer.concat([head, question.subarray(12), ...records])
}

/** A server of DNS: what it answers by datagram, and by stream. */
async function serve(
  byDatagram: (question: Buffer) => Buffer,
  byStream: (question: Buffer) => Buffer = byDatagram,
): Promise<string> {
  const server = createServer((stream) => {
    stream.once('data', (question) => {
      const message = byStream((question as Buffer).subarray(2))
      stream.write(Buffer.from([message.length >> 8, message.length & 0xff]))
      stream.end(message)
    })
  })
  const { port } = await opened(observe(server))
  const socket = createSocket('udp4')
  afterTest(() => socket.close())
  socket.on('message', (question, sender) => socket.send(byDatagram(question), sender.port, sender.address))
  const isBound = once(socket, 'listening').then(
    () => true,
    () => false,
  )
  socket.bind(port, '127.0.0.1')
  // A port that is free for one of the two may be taken for the other.
  return (await isBound) ? `127.0.0.1:${port}` : serve(byDatagram, byStream)
}

describe('the SRV records of a name', () => {
  test('come with their time to live, the shortest of all that led to them', async () => {
    const elsewhere = record(toQuestion, 5, 20, name('_http._tcp.other'))
    const records = [
      elsewhere,
      srv(60, 1, 2, 8080, name('a.reco')),
      srv(90, 3, 4, 443, Buffer.from([1, 0x62, 0xc0, 23])),
    ]
    const server = await serve((question) => answer(question, records))
    expect(await resolveServices('_http._tcp.reco', [server])).toEqual([
      { name: 'a.reco', port: 8080, priority: 1, weight: 2, ttl: 20 },
      { name: 'b.reco', port: 443, priority: 3, weight: 4, ttl: 20 },
    ])
  })

  test('are asked for again by a stream when they do not fit into a datagram', async () => {
    const records = Array.from({ length: 100 }, (_, index) => srv(60, 1, index, 8080, name(`host-${index}.reco`)))
    const server = await serve(
      (question) => answer(question, [], { isTruncated: true }),
      (question) => answer(question, records),
    )
    expect(await resolveServices('_http._tcp.reco', [server])).toHaveLength(100)
  })

  test('are asked of the next server when one cannot tell', async () => {
    const failing = await serve((question) => answer(question, [], { code: 2 }))
    const good = await serve((question) => answer(question, [srv(60, 1, 2, 8080, name('a.reco'))]))
    expect(await resolveServices('_http._tcp.reco', [failing, good])).toHaveLength(1)
    await expect(resolveServices('_http._tcp.reco', [failing])).rejects.toMatchObject({ code: 'ESERVFAIL' })
  })

  test.each([
    ['there is no such name', 3, 'ENOTFOUND'],
    ['there are none', 0, 'ENODATA'],
  ])('fail at once when %s', async (_what, code, wanted) => {
    let asked = 0
    const server = await serve((question) => {
      asked++
      return answer(question, [], { code })
    })
    await expect(resolveServices('_http._tcp.reco', [server, server])).rejects.toMatchObject({ code: wanted })
    expect(asked).toBe(1)
  })

  test('are not taken from an answer to another question, nor from what is none', async () => {
    const question = Buffer.concat([
      Buffer.from([0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]),
      name('x'),
      Buffer.from([0, 33, 0, 1]),
    ])
    expect(readServices(answer(question, []), 8)).toBeUndefined()
    expect(readServices(question, 7)).toBeUndefined()
    const circle = record(Buffer.from([0xc0, question.length]), 33, 1, Buffer.alloc(6))
    expect(() => readServices(answer(question, [circle]), 7)).toThrow()
  })

  test('are read to an end whatever the bytes are, none twice', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const message = Buffer.concat([Buffer.from([0, 7, 0x80, 0]), bytes])
        const count = () => {
          try {
            return readServices(message, 7)?.services.length ?? 0
          } catch {
            return 0
          }
        }
        // A record takes eleven bytes at the least.
        expect(count()).toBeLessThanOrEqual(message.length / 11)
      }),
    )
  })
})
