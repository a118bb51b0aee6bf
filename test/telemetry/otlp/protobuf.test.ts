import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { ProtobufWriter } from '../../../src/telemetry/otlp/protobuf.ts'

test('nanoseconds are exact for every whole millisecond, far beyond what a double holds', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 43 }), (ms) => {
      const writer = new ProtobufWriter()
      writer.nanoseconds(7, ms)
      expect(writer.take().readBigUInt64LE(1)).toBe(BigInt(ms) * 1_000_000n)
    }),
  )
})

test('fractions of a millisecond are in them', () => {
  const writer = new ProtobufWriter()
  writer.nanoseconds(7, 1_795_000_000_000.5)
  expect(writer.take().readBigUInt64LE(1)).toBe(1_795_000_000_000_500_000n)
})

test('a text of any letters and any length comes back as it was', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
      const writer = new ProtobufWriter()
      writer.string(1, text)
      const bytes = writer.take()
      expect(bytes.subarray(bytes[1]! > 0x7f ? 3 : 2).toString()).toBe(text)
    }),
  )
})

test('an id is as many bytes as it has pairs of digits', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 8, maxLength: 16 }), (id) => {
      const writer = new ProtobufWriter()
      writer.hex(2, Buffer.from(id).toString('hex'))
      expect([...writer.take()]).toEqual([0x12, id.length, ...id])
    }),
  )
})
