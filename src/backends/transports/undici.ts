import { createRequire } from 'node:module'
import { isIP, type LookupFunction } from 'node:net'
import type { Pool } from 'undici'
import type { Scope } from '../../cancellation.ts'
import type { Channel, ChannelOptions, IncomingResponse, OutgoingRequest, TransportKind } from './transport.ts'
import { UndiciExchange } from './undici-exchange.ts'
import { WaitingRoom } from './waiting-room.ts'

/** A tenth of a second and 20 MB, so not before a service needs it: most are plain `http:`. */
const loadUndici = () => createRequire(import.meta.url)('undici') as typeof import('undici')

/** HTTP/1.1 over undici's Pool. Its own timers are off: they fire up to a second late. */
class UndiciChannel implements Channel {
  readonly #pool: Pool
  readonly #room: WaitingRoom

  constructor(url: URL, address: string, { connections, maxWaiting, connectTimeoutMs, tls }: ChannelOptions) {
    this.#room = new WaitingRoom(connections, maxWaiting)
    const { Pool } = loadUndici()
    this.#pool = new Pool(url.origin, {
      connections,
      pipelining: 1,
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: {
        timeout: connectTimeoutMs,
        ...tls,
        ...(address === url.hostname ? undefined : { lookup: pinLookup(address) }),
      },
    })
  }

  send(request: OutgoingRequest, scope: Scope): Promise<IncomingResponse> {
    if (scope.reason) return Promise.reject(scope.reason)
    return new Promise((resolve, reject) => {
      new UndiciExchange(this.#pool, this.#room, request, scope, resolve, reject).begin()
    })
  }

  async close(): Promise<void> {
    await this.#room.empty()
    await this.#pool.close()
  }
}

/** Connects to `address` while everything else (Host, SNI, the certificate's name) stays with the URL's name. */
function pinLookup(address: string): LookupFunction {
  const family = isIP(address)
  return (_hostname, options, callback) => {
    if (options.all) callback(null, [{ address, family }])
    else callback(null, address, family)
  }
}

export const undici: TransportKind = {
  name: 'undici',
  summary: 'HTTP/1.1 over pooled keep-alive connections, by undici',
  open: (url, address, options) => new UndiciChannel(url, address, options),
}
