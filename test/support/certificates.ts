import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

/** PEM. */
export interface Pair {
  readonly cert: string
  readonly key: string
}

/** A certificate and its key, and what signs others by it. */
export interface Issued extends Pair {
  readonly subject: Buffer
  readonly serial: Buffer
}

export interface IssueOptions {
  /** The subject's common name. */
  readonly name?: string
  readonly dns?: readonly string[]
  readonly uris?: readonly string[]
  /** IPv4. */
  readonly addresses?: readonly string[]
  /** Who signs it; itself unless given. */
  readonly by?: Issued
  readonly isCa?: boolean
  /** Milliseconds since the epoch. */
  readonly from?: number
  readonly until?: number
  /** In place of a new key. */
  readonly key?: string
}

const hour = 3_600_000

/** Issues a certificate (RFC 5280): ECDSA P-256, as small as OpenSSL takes it. */
export function issue(options: IssueOptions = {}): Issued {
  const { name = 'gateway.test', dns = [], uris = [], addresses = [], by, isCa = false } = options
  const { from = Date.now() - hour, until = Date.now() + 24 * hour } = options
  const privateKey = options.key === undefined ? newKey() : createPrivateKey(options.key)
  const subject = commonName(name)
  const serial = Buffer.concat([Buffer.of(1), randomBytes(8)])
  const names = [
    ...dns.map((text) => tlv(0x82, Buffer.from(text))),
    ...uris.map((text) => tlv(0x86, Buffer.from(text))),
    ...addresses.map((text) => tlv(0x87, Buffer.from(text.split('.').map(Number)))),
  ]
  const extensions = [
    ...(isCa ? [extension('551d13', tlv(0x30, tlv(0x01, Buffer.of(0xff))), true)] : []),
    ...(names.length > 0 ? [extension('551d11', tlv(0x30, ...names))] : []),
  ]
  const body = tlv(
    0x30,
    tlv(0xa0, tlv(0x02, Buffer.of(2))),
    tlv(0x02, serial),
    ecdsaWithSha256,
    by?.subject ?? subject,
    tlv(0x30, time(from), time(until)),
    subject,
    spkiOf(privateKey),
    ...(extensions.length > 0 ? [tlv(0xa3, tlv(0x30, ...extensions))] : []),
  )
  const key = String(privateKey.export({ type: 'pkcs8', format: 'pem' }))
  return { cert: pem('CERTIFICATE', signed(body, by?.key ?? key)), key, subject, serial }
}

/** Who vouches for others. */
export interface Authority extends Pair {
  /** A certificate for names (`backend.test`, `127.0.0.1`), or with none for a client. */
  issue(name: string, ...names: string[]): Pair
}

/** An authority of its own, which nobody knows. */
export function makeAuthority(name = 'test authority'): Authority {
  const ca = issue({ name, isCa: true })
  const isAddress = (text: string) => /^[\d.]+$/.test(text)
  return {
    ...ca,
    issue: (subject, ...names) =>
      issue({
        name: subject,
        dns: names.filter((one) => !isAddress(one)),
        addresses: names.filter(isAddress),
        by: ca,
      }),
  }
}

/** A list of certificates that their issuer has taken back. */
export function revoke(by: Issued, revoked: readonly Issued[]): string {
  const [from, until] = [time(Date.now() - hour), time(Date.now() + hour)]
  const entries = revoked.map(({ serial }) => tlv(0x30, tlv(0x02, serial), from))
  const body = tlv(0x30, tlv(0x02, Buffer.of(1)), ecdsaWithSha256, by.subject, from, until, tlv(0x30, ...entries))
  return pem('X509 CRL', signed(body, by.key))
}

const newKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey

function tlv(tag: number, ...parts: readonly Buffer[]): Buffer {
  const value = Buffer.concat(parts)
  const { length } = value
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.of(tag, ...size), value])
}

const oid = (hex: string) => tlv(0x06, Buffer.from(hex, 'hex'))
const ecdsaWithSha256 = tlv(0x30, oid('2a8648ce3d040302'))

function commonName(name: string): Buffer {
  return tlv(0x30, tlv(0x31, tlv(0x30, oid('550403'), tlv(0x0c, Buffer.from(name)))))
}

function extension(id: string, value: Buffer, isCritical = false): Buffer {
  return tlv(0x30, oid(id), ...(isCritical ? [tlv(0x01, Buffer.of(0xff))] : []), tlv(0x04, value))
}

/** GeneralizedTime */
function time(ms: number): Buffer {
  const text = new Date(ms).toISOString().replace(/\.\d+|[-:T]/g, '')
  return tlv(0x18, Buffer.from(text))
}

function spkiOf(key: KeyObject): Buffer {
  return createPublicKey(key).export({ type: 'spki', format: 'der' })
}

function signed(body: Buffer, key: string): Buffer {
  const signature = sign('sha256', body, key)
  return tlv(0x30, body, ecdsaWithSha256, tlv(0x03, Buffer.of(0), signature))
}

function pem(kind: string, der: Buffer): string {
  const lines = der.toString('base64').replace(/.{64}/g, '$&\n')
  return `-----BEGIN ${kind}-----\n${lines}\n-----END ${kind}-----\n`
}
