/** What a server says of a service (RFC 2782), and for how many seconds that may be believed. */
export interface ServiceRecord {
  readonly name: string
  readonly port: number
  readonly priority: number
  readonly weight: number
  readonly ttl: number
}

/** What came of a question. */
export interface Answer {
  /** RFC 1035 section 4.1.1: 0 is success. */
  readonly code: number
  /** Not all fitted into the datagram. */
  readonly isTruncated: boolean
  readonly services: readonly ServiceRecord[]
}

const srv = 33
const internet = 1
const headBytes = 12

/** Asks for the SRV records of a name, and for recursion. */
export function askForServices(id: number, name: string): Buffer {
  const labels = name.split('.').filter((label) => label !== '')
  const bytes = labels.flatMap((label) => [Buffer.from([Buffer.byteLength(label)]), Buffer.from(label)])
  const head = Buffer.alloc(headBytes)
  head.writeUInt16BE(id, 0)
  head.writeUInt16BE(0x0100, 2)
  head.writeUInt16BE(1, 4)
  return Buffer.concat([head, ...bytes, Buffer.from([0, 0, srv, 0, internet])])
}

/**
 * What a message says, if it answers the question with this id; a record is believed as long as those that led to it.
 * @throws Error for what is no message of DNS
 */
export function readServices(message: Buffer, id: number): Answer | undefined {
  const flags = message.readUInt16BE(2)
  if (message.readUInt16BE(0) !== id || (flags & 0x8000) === 0) return undefined
  let at = headBytes
  for (let left = message.readUInt16BE(4); left > 0; left--) at = readName(message, at).end + 4
  const services: ServiceRecord[] = []
  let ttl = Number.POSITIVE_INFINITY
  for (let left = message.readUInt16BE(6); left > 0; left--) {
    const { end } = readName(message, at)
    ttl = Math.min(ttl, message.readUInt32BE(end + 4))
    const data = end + 10
    if (message.readUInt16BE(end) === srv) {
      services.push({
        priority: message.readUInt16BE(data),
        weight: message.readUInt16BE(data + 2),
        port: message.readUInt16BE(data + 4),
        name: readName(message, data + 6).name,
        ttl: 0,
      })
    }
    at = data + message.readUInt16BE(end + 8)
  }
  return {
    code: flags & 0xf,
    isTruncated: (flags & 0x0200) !== 0,
    services: services.map((service) => ({ ...service, ttl })),
  }
}

/** A name, whose end may stand elsewhere (RFC 1035 section 4.1.4), and where what comes behind it begins. */
function readName(message: Buffer, from: number): { readonly name: string; readonly end: number } {
  const labels: string[] = []
  let end: number | undefined
  for (let at = from; ; ) {
    const length = message.readUInt8(at)
    if (length >= 0xc0) {
      end ??= at + 2
      const target = message.readUInt16BE(at) & 0x3fff
      // Names point backwards only, so that none goes in circles.
      if (target >= at) throw new Error('a name points at itself')
      at = target
      continue
    }
    if (length === 0) return { name: labels.join('.'), end: end ?? at + 1 }
    labels.push(message.toString('latin1', at + 1, at + 1 + length))
    if (labels.length > 128) throw new Error('a name is too long')
    at += 1 + length
  }
}
