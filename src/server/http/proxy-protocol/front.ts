import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { ListenSettings } from '../../../config/listen.ts'
import { contained } from '../../../faults.ts'
import { parseAddress } from '../../../ip-address.ts'
import { compileRanges } from '../client-address.ts'
import { ConnectionFaults, type FaultReports } from '../connection-faults.ts'
import { type HeaderFault, headerFaults, type Preface, prefaceBytes, readClient, readPreface } from './header.ts'

const faultNames = [...headerFaults, 'stranger', 'timeout', 'left'] as const
type Fault = HeaderFault | (typeof faultNames)[number]

/** For all sockets of one listener. */
interface Parts {
  readonly isProxy: (address: string) => boolean
  readonly timeoutMs: number
  readonly faults: Pick<ConnectionFaults<Fault>, 'note'>
}

/** Lets the servers of a listener ask proxies first for whom they come; undefined for a listener that does not. */
export function proxyProtocolOf(
  { name, proxyProtocol, headersTimeoutMs }: ListenSettings,
  reports: FaultReports,
): ((server: Server) => void) | undefined {
  if (!proxyProtocol) return undefined
  const faults = new ConnectionFaults('proxy-header', name, faultNames, reports)
  const parts = { isProxy: compileRanges(proxyProtocol.from), timeoutMs: headersTimeoutMs, faults }
  return (server) => {
    const front = new ProxyFront(parts, server)
    fronts.set(server, front)
  }
}

const fronts = new WeakMap<Server, ProxyFront>()

/** Ends connections of which it is not known yet for whom they come: the server does not know them either. */
export function endUntold(server: Server): void {
  fronts.get(server)?.destroy()
}

/**
 * Stands before a server, plain or TLS: takes the header off each connection, and hands it on as if its client had made it.
 */
class ProxyFront {
  readonly #parts: Parts
  readonly #handOn: (socket: Socket) => void
  readonly #untold = new Set<Socket>()
  /** Who was told of a connection that TLS is spoken over, by its ends. */
  readonly #told = new Map<string, PropertyDescriptorMap>()

  constructor(parts: Parts, server: Server) {
    this.#parts = parts
    const [takeOver] = server.listeners('connection') as ((socket: Socket) => void)[]
    this.#handOn = (socket) => takeOver!.call(server, socket)
    server.removeAllListeners('connection')
    server.on('connection', (socket: Socket) => contained('connection', socket, () => this.#receive(socket))())
    server.prependListener('secureConnection', (socket: TLSSocket) => {
      const told = this.#told.get(endsOf(socket))
      if (told) Object.defineProperties(socket, told)
    })
  }

  destroy(): void {
    for (const socket of this.#untold) socket.destroy()
  }

  #receive(socket: Socket): void {
    const { isProxy, timeoutMs, faults } = this.#parts
    const peer = socket.remoteAddress ?? ''
    socket.on('error', ignore)
    if (!isProxy(parseAddress(peer) ?? peer)) {
      faults.note('stranger')
      socket.destroy()
      return
    }
    const end = (fault: Fault) => {
      stop()
      faults.note(fault)
      socket.destroy()
    }
    const leave = contained('connection', socket, () => end('left'))
    const timer = setTimeout(
      contained('timer', socket, () => end('timeout')),
      timeoutMs,
    )
    let preface: Preface | undefined
    const look = contained('connection', socket, () => {
      if (!preface) {
        const bytes: Buffer | null = socket.read(prefaceBytes)
        if (!bytes) return
        const read = readPreface(bytes)
        if (typeof read === 'string') {
          end(read)
          return
        }
        preface = read
      }
      const rest: Buffer | null = preface.length === 0 ? nothing : socket.read(preface.length)
      // Of a connection that has ended Node gives what there is.
      if (!rest || rest.length < preface.length) return
      stop()
      this.#tell(socket, preface, rest)
    })
    const stop = () => {
      clearTimeout(timer)
      this.#untold.delete(socket)
      socket.off('readable', look).off('end', leave).off('close', leave)
    }
    this.#untold.add(socket)
    socket.on('readable', look).on('end', leave).on('close', leave)
  }

  #tell(socket: Socket, preface: Preface, bytes: Buffer): void {
    const client = readClient(preface, bytes)
    if (client) {
      const ends = endsOf(socket)
      const told = { remoteAddress: { value: client.address }, remotePort: { value: client.port } }
      this.#told.set(ends, told)
      socket.once('close', () => this.#told.delete(ends))
      Object.defineProperties(socket, told)
    }
    socket.off('error', ignore)
    this.#handOn(socket)
  }
}

const nothing = Buffer.alloc(0)

function ignore(): void {}

/** No two connections have the same at once. TLS gives a socket of its own for one, which says not for which. */
function endsOf({ remoteAddress, remotePort, localAddress }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress}`
}
