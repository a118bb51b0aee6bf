import type { SecureContext, SecureContextOptions, TlsOptions, Server as TlsServer } from 'node:tls'
import type { ListenerTls } from '../../../plan/certificates.ts'
import { nodeCrypto, nodeTls } from './node-tls.ts'
import { sealingKey } from './tickets.ts'

/** Those with forward secrecy and authenticated encryption: of TLS 1.2 what HTTP/2 allows (RFC 9113 appendix A), of 1.3 all. */
const ciphers = [
  ...['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'],
  ...['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES128-GCM-SHA256'],
  ...['ECDHE-ECDSA-AES256-GCM-SHA384', 'ECDHE-RSA-AES256-GCM-SHA384'],
  ...['ECDHE-ECDSA-CHACHA20-POLY1305', 'ECDHE-RSA-CHACHA20-POLY1305'],
].join(':')

/**
 * With what one listener speaks TLS now, for all of the sockets that it is bound by. What is renewed holds for the next
 * handshake: those that run, and connections that are open, keep what they began with.
 */
export class TlsContexts {
  readonly #servers: TlsServer[] = []
  #tls: ListenerTls
  /** Sealed by it where the file names no key. */
  #random: Buffer
  #byName!: ReadonlyMap<string, SecureContext>

  constructor(tls: ListenerTls) {
    this.#tls = tls
    this.#random = randomKey()
    this.#setNames()
  }

  get current(): ListenerTls {
    return this.#tls
  }

  /** For a server of the listener. */
  get options(): TlsOptions {
    const { settings, clientCa } = this.#tls
    return {
      ...this.#optionsOf(0),
      requestCert: clientCa !== undefined,
      rejectUnauthorized: settings.clientCert === 'require',
      // Asked for every handshake: by what it answers certificates are picked that came since.
      SNICallback: (name, tell) => tell(null, this.#find(name)),
    }
  }

  /** A server that is told of what is new from now on. */
  follow(server: TlsServer): void {
    this.#servers.push(server)
  }

  /** Takes certificates, and whom clients' are signed by, for the handshakes to come. */
  renew(tls: ListenerTls): void {
    if (tls.key === this.#tls.key) return
    this.#tls = tls
    this.#setNames()
    this.#tellServers()
  }

  /** Seals by a new key, where the file names none. */
  turnTickets(): void {
    if (this.#tls.ticketKey !== undefined) return
    this.#random = randomKey()
    this.#tellServers()
  }

  #tellServers(): void {
    for (const server of this.#servers) server.setSecureContext(this.#optionsOf(0))
  }

  #setNames(): void {
    const byName = new Map<string, SecureContext>()
    for (const [index, { names }] of this.#tls.pairs.entries()) {
      // The first is the server's own.
      const context = index === 0 ? undefined : nodeTls().createSecureContext(this.#optionsOf(index))
      for (const name of names) if (!byName.has(name) && context) byName.set(name, context)
    }
    const [first] = this.#tls.pairs
    for (const name of first!.names) byName.delete(name)
    this.#byName = byName
  }

  /** That of the name, else of its wildcard; undefined: the first. */
  #find(asked: string): SecureContext | undefined {
    if (this.#byName.size === 0) return undefined
    const name = asked.toLowerCase()
    if (this.#tls.pairs[0]!.names.includes(name)) return undefined
    return this.#byName.get(name) ?? this.#byName.get(name.replace(/^[^.]+/, '*'))
  }

  #optionsOf(index: number): SecureContextOptions & { ticketKeys: Buffer } {
    const { pairs, settings, clientCa, crl, ticketKey } = this.#tls
    const { cert, key } = pairs[index]!
    const { SSL_OP_NO_RENEGOTIATION } = nodeCrypto().constants
    return {
      cert,
      key,
      ciphers,
      honorCipherOrder: true,
      minVersion: settings.minVersion === '1.3' ? 'TLSv1.3' : 'TLSv1.2',
      secureOptions: SSL_OP_NO_RENEGOTIATION,
      ...(clientCa !== undefined && { ca: clientCa }),
      ...(crl !== undefined && { crl }),
      sessionIdContext: 'tessera',
      // What clients are verified by is part of it: a session that was opened under another is not taken up.
      ticketKeys: sealingKey(ticketKey === undefined ? this.#random : Buffer.from(ticketKey, 'latin1'), this.#tls),
    }
  }
}

const randomKey = () => nodeCrypto().randomBytes(48)
