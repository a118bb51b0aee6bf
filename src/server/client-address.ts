import type { IncomingMessage } from 'node:http'
import { createRequire } from 'node:module'
import { isIP } from 'node:net'

/** Who sent a request, as far as the proxies before us are believed. */
export interface ClientAddresses {
  /** The client's IP. */
  of(request: IncomingMessage): string
  /** Whether whoever holds the connection may say who the client is. */
  trustsPeerOf(request: IncomingMessage): boolean
}

const loadProxyAddress = () => createRequire(import.meta.url)('proxy-addr') as typeof import('proxy-addr')

/** Compiles `trustedProxies`: addresses, CIDR ranges, or `loopback`, `linklocal`, `uniquelocal`. */
export function compileClientAddresses(trustedProxies: readonly string[]): ClientAddresses {
  if (trustedProxies.length === 0) return { of: peerOf, trustsPeerOf: () => false }
  const proxyAddress = loadProxyAddress()
  const trust = proxyAddress.compile(trustedProxies)
  return {
    of(request) {
      const address = plain(proxyAddress(request, trust))
      return isIP(address) === 0 ? peerOf(request) : address
    },
    trustsPeerOf: (request) => trust(request.socket.remoteAddress ?? '', 0),
  }
}

/** The IP at the other end of the connection. */
export function peerOf(request: IncomingMessage): string {
  return plain(request.socket.remoteAddress ?? '')
}

/** An IPv4 client of a listener for both families comes as `::ffff:127.0.0.1`. */
function plain(address: string): string {
  return address.startsWith('::ffff:') ? address.slice(7) : address
}
