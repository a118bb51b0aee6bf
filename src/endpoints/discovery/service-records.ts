import { createSocket } from 'node:dgram'
import { getServers } from 'node:dns'
import { once } from 'node:events'
import { connect } from 'node:net'
import { type Answer, askForServices, readServices, type ServiceRecord } from './dns-message.ts'

const withinMs = 2000
const rounds = 2

/** Codes of DNS as Node calls them. */
const failures: Readonly<Record<number, string>> = { 1: 'EFORMERR', 2: 'ESERVFAIL', 3: 'ENOTFOUND', 5: 'EREFUSED' }

/**
 * The SRV records of a name with their time to live, which Node's own `resolveSrv` leaves out. As that, it asks the
 * servers of `resolv.conf` in their order until one answers, and looks in no search domain.
 * @param servers as `dns.getServers()` gives them
 * @throws Error with a `code`: `ENOTFOUND`, `ENODATA`, `ESERVFAIL`, `ETIMEOUT`, or of the socket
 */
export async function resolveServices(
  name: string,
  servers: readonly string[] = getServers(),
): Promise<readonly ServiceRecord[]> {
  let failure = failureOf('ETIMEOUT', name)
  for (let round = 0; round < rounds; round++) {
    for (const server of servers) {
      try {
        const { code, services } = await ask(name, addressOf(server))
        if (code === 0 && services.length === 0) throw failureOf('ENODATA', name)
        if (code === 0) return services
        failure = failureOf(failures[code] ?? 'EBADRESP', name)
        // It knows that there is no such name; what else it says another may know better.
        if (code === 3) throw failure
      } catch (thrown) {
        failure = thrown as Error & { code: string }
        if (failure.code === 'ENOTFOUND' || failure.code === 'ENODATA') throw failure
      }
    }
  }
  throw failure
}

function failureOf(code: string, name: string): Error & { code: string } {
  return Object.assign(new Error(`querySrv ${code} ${name}`), { code })
}

interface Address {
  readonly host: string
  readonly port: number
}

/** `10.0.0.2`, `10.0.0.2:5353`, `fd00::2`, `[fd00::2]:5353` */
function addressOf(server: string): Address {
  const match = /^\[(.+)\]:(\d+)$/.exec(server) ?? /^([^:]+):(\d+)$/.exec(server)
  return match ? { host: match[1]!, port: Number(match[2]) } : { host: server, port: 53 }
}

async function ask(name: string, server: Address): Promise<Answer> {
  const id = Math.floor(Math.random() * 0x10000)
  const question = askForServices(id, name)
  const answer = await askByDatagram(question, id, server)
  return answer.isTruncated ? askByStream(question, id, server) : answer
}

async function askByDatagram(question: Buffer, id: number, { host, port }: Address): Promise<Answer> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
  const signal = AbortSignal.timeout(withinMs)
  try {
    socket.connect(port, host)
    await once(socket, 'connect', { signal })
    socket.send(question)
    for (;;) {
      const [message] = (await once(socket, 'message', { signal })) as [Buffer]
      const answer = readServices(message, id)
      if (answer) return answer
    }
  } finally {
    socket.close()
  }
}

/** Each message with its length before it (RFC 1035 section 4.2.2). */
async function askByStream(question: Buffer, id: number, { host, port }: Address): Promise<Answer> {
  const socket = connect({ host, port, signal: AbortSignal.timeout(withinMs) })
  const length = Buffer.alloc(2)
  length.writeUInt16BE(question.length)
  socket.write(Buffer.concat([length, question]))
  let received: Buffer = Buffer.alloc(0)
  for await (const piece of socket) {
    received = Buffer.concat([received, piece as Buffer])
    if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) continue
    const answer = readServices(received.subarray(2), id)
    if (answer) return answer
    break
  }
  throw Object.assign(new Error('the answer broke off'), { code: 'EBADRESP' })
}
