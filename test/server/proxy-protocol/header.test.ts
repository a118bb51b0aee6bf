import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { headerFaults, prefaceBytes, readClient, readPreface } from '../../../src/server/http/proxy-protocol/header.ts'
import { member, proxyHeader, rawHeader } from '../../support/proxy-header.ts'

const read = (header: Buffer) => {
  const preface = readPreface(header.subarray(0, prefaceBytes))
  return typeof preface === 'string' ? preface : readClient(preface, header.subarray(prefaceBytes))
}

describe('a header', () => {
  test('tells of any client of IPv4', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.nat(65_535), (address, port) => {
        expect(read(proxyHeader(address, { port }))).toEqual({ address, port })
      }),
    )
  })

  test('tells of a client of IPv6 as the system writes it', () => {
    expect(read(proxyHeader('2001:db8:0:0:0:0:0:1', { port: 7 }))).toEqual({ address: '2001:db8::1', port: 7 })
    expect(read(proxyHeader('0:0:0:0:0:ffff:c000:0201'))).toMatchObject({ address: '::ffff:192.0.2.1' })
  })

  test('tells the same whatever members it has', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 10 }), (address, values) => {
        const members = Buffer.concat(values.map((value, at) => member(at, Buffer.from(value))))
        expect(read(proxyHeader(address, { members }))).toMatchObject({ address })
      }),
    )
  })

  test('of the proxy itself tells of nobody', () => {
    expect(read(proxyHeader('192.0.2.1', { isLocal: true }))).toBeUndefined()
    // Whatever it says of addresses (section 2.2).
    expect(read(rawHeader(0x20, 0x11, Buffer.alloc(12, 9)))).toBeUndefined()
  })
})

test.each([
  ['of HTTP', Buffer.from('GET / HTTP/1.1\r\nhost: a\r\n'), 'no-header'],
  ['of TLS', Buffer.from('16030100f8010000f403034a2f5a66b1c0', 'hex'), 'no-header'],
  ['that has ended', Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1'), 'no-header'],
  ['of version 1', Buffer.from('PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n'), 'version'],
  ['of version 3', rawHeader(0x31, 0x11, Buffer.alloc(12)), 'version'],
  ['with a command that there is not', rawHeader(0x22, 0x11, Buffer.alloc(12)), 'invalid'],
  ['of datagrams', rawHeader(0x21, 0x12, Buffer.alloc(12)), 'unsupported'],
  ['of a local socket', rawHeader(0x21, 0x31, Buffer.alloc(216)), 'unsupported'],
  ['for somebody unknown', rawHeader(0x21, 0x00, Buffer.alloc(0)), 'unsupported'],
  ['too short for its addresses', rawHeader(0x21, 0x11, Buffer.alloc(11)), 'invalid'],
  ['too short for addresses of IPv6', rawHeader(0x21, 0x21, Buffer.alloc(35)), 'invalid'],
  ['longer than any', rawHeader(0x21, 0x11, Buffer.alloc(12), 65_535), 'too-large'],
])('a beginning %s is refused by name', (_what, bytes, fault) => {
  expect(read(bytes)).toBe(fault)
})

test('whatever the bytes are, they are a header or a fault with a name', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 64 }),
    fc
      .uint8Array({ minLength: 4, maxLength: 4 })
      .map((four) => Buffer.concat([rawHeader(0, 0, Buffer.alloc(0)).subarray(0, 12), four])),
  )
  fc.assert(
    fc.property(bytes, (given) => {
      const preface = readPreface(Buffer.from(given))
      if (typeof preface === 'string') expect(headerFaults).toContain(preface)
      else expect(preface.length).toBeLessThanOrEqual(16 * 1024)
    }),
  )
})
