/**
 * The backends of bench/life, in a process of their own: `{"ports": {"users": 9701, …}, "leastMs": 5, "mostMs": 50}`.
 * Each answer waits a time that is drawn from the same numbers in every run, and says in its number how many
 * microseconds lay between its request and itself; without `mostMs` it comes at once and says the `version` of the
 * query. They speak no more HTTP than that takes, so that they answer in microseconds.
 */
import { createServer, type Socket } from 'node:net'
import { describeBackends } from '../scenarios/home/data.ts'
import { type MarkedService, marks, splitAtMark } from './marks.ts'
import { createRandom } from './random.ts'

/** Digits, padded with blanks, which JSON allows before a number: so every answer has the same length. */
const markWidth = 12

interface Options {
  readonly ports: Readonly<Record<MarkedService, number>>
  readonly leastMs?: number
  readonly mostMs?: number
}

const { ports, leastMs = 0, mostMs = 0 }: Options = JSON.parse(process.argv[2]!)
const bodies = describeBackends()
for (const [index, service] of (Object.keys(ports) as MarkedService[]).entries()) {
  const [body] = Object.values(bodies[service]!)
  const write = prepareAnswer(body, service)
  const random = createRandom(index + 1)
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => socket.destroy())
    readRequests(socket, (line) => {
      if (mostMs === 0) return write(socket, Number(/[?&]version=(\d+)/.exec(line)?.[1] ?? 0))
      const receivedAt = performance.now()
      setTimeout(
        () => write(socket, Math.round((performance.now() - receivedAt) * 1000)),
        leastMs + random() * (mostMs - leastMs),
      )
    })
  })
  server.listen(ports[service], '127.0.0.1')
}

/** Calls back with the first line of each request; none of them has a body. */
function readRequests(socket: Socket, onRequest: (line: string) => void): void {
  let pending = ''
  socket.on('data', (data) => {
    pending += data.toString('latin1')
    for (let end = pending.indexOf('\r\n\r\n'); end >= 0; end = pending.indexOf('\r\n\r\n')) {
      onRequest(pending.slice(0, pending.indexOf('\r\n')))
      pending = pending.slice(end + 4)
    }
  })
}

function prepareAnswer(body: unknown, service: MarkedService): (socket: Socket, mark: number) => void {
  const [before, after] = splitAtMark(body, marks[service].inBody)
  const length = Buffer.byteLength(before) + markWidth + Buffer.byteLength(after)
  const head = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`
  const answer = Buffer.from(`${head}${before}${' '.repeat(markWidth)}${after}`)
  const markAt = Buffer.byteLength(head + before)
  return (socket, mark) => {
    const copy = Buffer.from(answer)
    copy.write(String(mark).padStart(markWidth), markAt, 'latin1')
    socket.write(copy)
  }
}
