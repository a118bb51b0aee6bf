import { createRequire } from 'node:module'
import { connect, isIP, type Socket } from 'node:net'
import type { ConnectionOptions, SecureContext } from 'node:tls'
import { type ChannelOptions, namesOf } from '../transport.ts'

/** Where what is read goes. */
export interface ReadInto {
  readonly buffer: Buffer
  /** False stops reading. */
  readonly callback: (bytes: number) => boolean
}

/** Begins to connect; the event tells when requests can go out. Without a place to read into it is a stream as any. */
export type OpenSocket = (onread: ReadInto | undefined) => {
  readonly socket: Socket
  readonly readyEvent: 'connect' | 'secureConnect'
}

/** As it is agreed on (ALPN). */
type Protocol = 'http/1.1' | 'h2'

/** Only services with https have a use for it. */
const loadTls = () => createRequire(import.meta.url)('node:tls') as typeof import('node:tls')

/** Opens sockets to one address, for the host, and the certificate, of a URL or whichever the options name. */
export function openerFor(
  url: URL,
  address: string,
  options: Pick<ChannelOptions, 'tls' | 'host'>,
  protocol: Protocol = 'http/1.1',
): OpenSocket {
  const host = address.replace(/^\[|\]$/g, '')
  const isSecure = url.protocol === 'https:'
  const at = { host, port: Number(url.port) || (isSecure ? 443 : 80), noDelay: true }
  return isSecure
    ? openSecurely(at, namesOf(url, options).serverName, protocol, options.tls)
    : (onread) => ({ socket: connect({ ...at, ...(onread && { onread }) }), readyEvent: 'connect' })
}

/** The last session is taken up again, which saves a round trip and the certificate. */
function openSecurely(at: object, name: string, protocol: Protocol, tls: ChannelOptions['tls']): OpenSocket {
  const { connect: connectSecurely, checkServerIdentity, createSecureContext } = loadTls()
  // An address is no name to ask for (RFC 6066 section 3).
  const servername = isIP(name) === 0 ? name : ''
  let secureContext: SecureContext | undefined
  let session: Buffer | undefined
  return (onread) => {
    secureContext ??= createSecureContext(tls)
    const socket = connectSecurely({
      ...at,
      ...tls,
      ...(onread && { onread }),
      secureContext,
      servername,
      session,
      ALPNProtocols: [protocol],
      checkServerIdentity: (_servername, certificate) => checkServerIdentity(name, certificate),
    } as ConnectionOptions)
    socket.on('session', (fresh) => {
      session = fresh
    })
    return { socket, readyEvent: 'secureConnect' }
  }
}
