import { SocketAddress } from 'node:net'

/** Why a header is none that is taken, as metrics tell it. */
export const headerFaults = ['no-header', 'version', 'invalid', 'unsupported', 'too-large'] as const
export type HeaderFault = (typeof headerFaults)[number]

/** The first bytes, which say how many follow. */
export const prefaceBytes = 16

/** What follows them: addresses, and members (TLVs) that are passed over. */
export interface Preface {
  /** That of the proxy itself, which asks how we are: then nobody stands behind it. */
  readonly isLocal: boolean
  readonly family: 4 | 6 | undefined
  /** Of all that follows. */
  readonly length: number
}

/** Who a proxy says has connected to it. */
export interface ToldClient {
  readonly address: string
  readonly port: number
}

const signature = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1')
const version1 = Buffer.from('PROXY ', 'latin1')
/** No proxy says so much, a client's certificate included. */
const mostBytes = 16 * 1024
/** Addresses and ports of both ends. */
const addressBytes = { 4: 12, 6: 36 } as const

/**
 * Reads the beginning of a header of the PROXY protocol, version 2 (proxy-protocol.txt, section 2.2). What is a stream of
 * bytes here came as one there: datagrams and local sockets have no client that could be told of.
 */
export function readPreface(bytes: Buffer): Preface | HeaderFault {
  if (bytes.length < prefaceBytes || bytes.compare(signature, 0, signature.length, 0, signature.length) !== 0)
    return bytes.subarray(0, version1.length).equals(version1) ? 'version' : 'no-header'
  const [version, command] = [bytes[12]! >> 4, bytes[12]! & 15]
  if (version !== 2) return 'version'
  if (command > 1) return 'invalid'
  const length = bytes.readUInt16BE(14)
  if (length > mostBytes) return 'too-large'
  if (command === 0) return { isLocal: true, family: undefined, length }
  const family = bytes[13] === 0x11 ? 4 : bytes[13] === 0x21 ? 6 : undefined
  if (family === undefined) return 'unsupported'
  return length < addressBytes[family] ? 'invalid' : { isLocal: false, family, length }
}

/** Reads what follows. Undefined for a proxy that speaks for itself. */
export function readClient({ family }: Preface, bytes: Buffer): ToldClient | undefined {
  if (family === undefined) return undefined
  if (family === 4) return { address: bytes.subarray(0, 4).join('.'), port: bytes.readUInt16BE(8) }
  const groups = Array.from({ length: 8 }, (_, at) => bytes.readUInt16BE(2 * at).toString(16))
  // As the system writes it, of whom the same client may come without a proxy.
  const { address } = new SocketAddress({ address: groups.join(':'), family: 'ipv6' })
  return { address, port: bytes.readUInt16BE(32) }
}
