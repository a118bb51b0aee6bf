import type { IncomingMessage } from 'node:http'
import { createRequire } from 'node:module'
import { parseAddress } from '../../ip-address.ts'

/** What tells who sent a request. */
type Sender = Pick<IncomingMessage, 'socket' | 'headers'>

/** Who sent a request, as far as the proxies before us are believed. */
export interface ClientAddresses {
  /** The client's IP. */
  of(request: Sender): string
  /** Whether whoever holds the connection may say who the client is. */
  trustsPeerOf(request: IncomingMessage): boolean
}

/** Compiles who is believed: addresses, CIDR ranges, or `loopback`, `linklocal`, `uniquelocal`. */
export function compileRanges(ranges: readonly string[]): (address: string) => boolean {
  const { compile } = createRequire(import.meta.url)('proxy-addr') as typeof import('proxy-addr')
  const isIn = compile([...ranges])
  return (address) => isIn(address, 0)
}

/** Compiles `trustedProxies`. */
export function compileClientAddresses(trustedProxies: readonly string[]): ClientAddresses {
  if (trustedProxies.length === 0) return { of: peerOf, trustsPeerOf: () => false }
  const isTrusted = compileRanges(trustedProxies)
  return {
    of(request) {
      const peer = peerOf(request)
      if (!isTrusted(peer)) return peer
      return findClient(peer, String(request.headers['x-forwarded-for'] ?? ''), isTrusted)
    },
    trustsPeerOf: (request) => isTrusted(peerOf(request)),
  }
}

/** No honest chain of proxies is longer. */
const mostHops = 64

/**
 * Goes back along the chain, from whom the peer names to whom that one names, as long as they are trusted. Behind what
 * is no address nobody is known: then the proxy that said so stands for its clients.
 */
function findClient(peer: string, forwardedFor: string, isTrusted: (address: string) => boolean): string {
  let client = peer
  let end = forwardedFor.length
  for (let hop = 0; hop < mostHops && end > 0 && isTrusted(client); hop++) {
    const comma = forwardedFor.lastIndexOf(',', end - 1)
    const named = forwardedFor.slice(comma + 1, end).trim()
    const address = parseAddress(named)
    // A list may have empty members.
    if (address !== undefined) client = address
    else if (named !== '') return client
    end = comma
  }
  return client
}

/** The IP at the other end of the connection. */
export function peerOf(request: Pick<IncomingMessage, 'socket'>): string {
  const address = request.socket.remoteAddress ?? ''
  return parseAddress(address) ?? address
}
