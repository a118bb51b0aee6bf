/** The fields of a protocol-buffers message by number: numbers, or the bytes of what has a length. */
type Fields = Map<number, (number | bigint | Buffer)[]>

function decode(bytes: Buffer): Fields {
  const fields: Fields = new Map()
  let at = 0
  const varint = () => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++]
      if (byte === undefined) throw new Error('a varint has no end')
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return Number(value)
    }
  }
  const take = (count: number) => {
    at += count
    if (at > bytes.length) throw new Error('a field is longer than its message')
    return bytes.subarray(at - count, at)
  }
  while (at < bytes.length) {
    const tag = varint()
    const wire = tag & 7
    const value =
      wire === 0
        ? varint()
        : wire === 1
          ? take(8)
          : wire === 2
            ? take(varint())
            : wire === 5
              ? take(4).readUInt32LE()
              : undefined
    if (value === undefined) throw new Error(`wire type ${wire} is not expected`)
    const field = tag >>> 3
    fields.set(field, [...(fields.get(field) ?? []), value])
  }
  return fields
}

const bytesOf = (fields: Fields, field: number) => (fields.get(field) ?? []) as Buffer[]
const text = (fields: Fields, field: number) => bytesOf(fields, field)[0]?.toString() ?? ''
const hex = (fields: Fields, field: number) => bytesOf(fields, field)[0]?.toString('hex') ?? ''
const number = (fields: Fields, field: number) => (fields.get(field)?.[0] as number | undefined) ?? 0
const nanoseconds = (fields: Fields, field: number) => String(bytesOf(fields, field)[0]!.readBigUInt64LE())

function keyValue(bytes: Buffer) {
  const fields = decode(bytes)
  const value = decode(bytesOf(fields, 2)[0]!)
  const read = value.has(1)
    ? { stringValue: text(value, 1) }
    : value.has(2)
      ? { boolValue: number(value, 2) === 1 }
      : value.has(3)
        ? { intValue: number(value, 3) }
        : value.has(4)
          ? { doubleValue: bytesOf(value, 4)[0]!.readDoubleLE() }
          : { other: true }
  return { key: text(fields, 1), value: read }
}

/** An `ExportTraceServiceRequest` in its binary form, as its JSON form has it. */
export function decodeTraces(body: Buffer) {
  return {
    resourceSpans: bytesOf(decode(body), 1).map((bytes) => {
      const resourceSpans = decode(bytes)
      return {
        resource: { attributes: bytesOf(decode(bytesOf(resourceSpans, 1)[0]!), 1).map(keyValue) },
        scopeSpans: bytesOf(resourceSpans, 2).map((scopeSpans) => ({
          spans: bytesOf(decode(scopeSpans), 2).map((span) => decodeSpan(decode(span))),
        })),
      }
    }),
  }
}

function decodeSpan(span: Fields) {
  const status = bytesOf(span, 15)[0]
  return {
    traceId: hex(span, 1),
    spanId: hex(span, 2),
    traceState: text(span, 3),
    parentSpanId: hex(span, 4),
    name: text(span, 5),
    kind: number(span, 6),
    startTimeUnixNano: nanoseconds(span, 7),
    endTimeUnixNano: nanoseconds(span, 8),
    attributes: bytesOf(span, 9).map(keyValue),
    events: bytesOf(span, 11).map((event) => ({ name: text(decode(event), 2) })),
    status: { code: status ? number(decode(status), 3) : 0 },
    flags: number(span, 16),
  }
}
