import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer, type Socket } from 'node:net'
import type { Scene } from '../scene/scene.ts'
import { isEarly, type MutatedAnswer, mutateAnswer } from './answers.ts'
import { indexOf, noncesIn } from './nonce.ts'
import { Random } from './random.ts'
import { RequestParser } from './request-parser.ts'

const lateMs = 5

/** A backend that answers innocents honestly and others by chance, and watches what comes on its connections. */
export async function startFuzzBackend(
  scene: Scene,
  seed: number,
  tellFault: (fault: string) => void,
): Promise<string> {
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    new WatchedConnection(socket, seed, tellFault)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  scene.whenDone(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

class WatchedConnection {
  readonly #socket: Socket
  readonly #seed: number
  readonly #tellFault: (fault: string) => void
  readonly #parser: RequestParser
  readonly #transcript: string[] = []
  #last: MutatedAnswer | undefined
  #isTunnel = false
  #isAnswered = false

  constructor(socket: Socket, seed: number, tellFault: (fault: string) => void) {
    this.#socket = socket
    this.#seed = seed
    this.#tellFault = tellFault
    this.#parser = new RequestParser({
      began: (head) => this.#began(head),
      ended: (head, body) => this.#ended(head, body),
      malformed: (bytes) => this.#fault(`bytes that are no request: ${JSON.stringify(bytes.slice(0, 300))}`),
    })
    socket.on('data', (data: Buffer) => {
      if (this.#isTunnel) return
      this.#note('<', data)
      this.#parser.take(data)
    })
  }

  #began(head: string): void {
    this.#isAnswered = false
    if (this.#last?.isLast) this.#fault(`reused too early, behind "${this.#last.what}", for ${head.split('\r\n')[0]}`)
    const nonce = noncesIn(head)[0]
    if (nonce?.startsWith('nm') && isEarly(this.#random(nonce, 1))) this.#answer(head)
  }

  #ended(head: string, body: string): void {
    if (/ HTTP\/1\.1\r\n/.test(body)) this.#fault('a request was taken for the body of the one before')
    if (!this.#isAnswered) this.#answer(head)
  }

  #answer(head: string): void {
    this.#isAnswered = true
    const nonce = noncesIn(head)[0] ?? 'unknown'
    const text = `{"word":"${nonce}"}`
    const method = head.slice(0, head.indexOf(' '))
    if (!nonce.startsWith('nm')) {
      this.#last = undefined
      const body = method === 'HEAD' ? '' : text
      this.#write(
        Buffer.from(
          `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${text.length}\r\n\r\n${body}`,
        ),
      )
      return
    }
    const answer = mutateAnswer(this.#random(nonce, 2), text, method)
    this.#last = answer
    this.#isTunnel = answer.what.startsWith('101') && /\r\nupgrade:/i.test(head)
    for (const piece of answer.pieces) this.#write(piece)
    if (answer.then === 'end') this.#socket.end()
    else if (answer.then === 'reset') setImmediate(() => this.#socket.resetAndDestroy())
    if (answer.late) setTimeout(() => this.#last === answer && this.#write(Buffer.from(answer.late!)), lateMs)
  }

  #random(nonce: string, side: number): Random {
    return Random.of(this.#seed, indexOf(nonce), side)
  }

  #write(bytes: Buffer): void {
    this.#note('>', bytes)
    if (this.#socket.writable) this.#socket.write(bytes)
  }

  #note(way: string, bytes: Buffer): void {
    this.#transcript.push(`${way} ${JSON.stringify(bytes.toString('latin1', 0, 400))}`)
    if (this.#transcript.length > 12) this.#transcript.shift()
  }

  #fault(what: string): void {
    this.#tellFault(`at a backend: ${what}\n    ${this.#transcript.join('\n    ')}`)
    this.#last = undefined
    this.#socket.destroy()
  }
}
