import { connect, type Socket } from 'node:net'

/** One answer, as far as it is looked at. */
export interface Answer {
  readonly status: number
  /** Status line and headers, without the empty line. */
  readonly head: string
  readonly body: Buffer
}

type Taker = (answer: Answer | undefined, failure: string | undefined) => void

const idleMs = 30_000
const answerWithinMs = 10_000

/**
 * Asks one server for one page over kept connections, as many as it takes. It knows of HTTP what the servers under test
 * write, so that its own cost and delay are small: an answer without Content-Length is a failure. Nothing is sent twice.
 */
export class Client {
  readonly #port: number
  readonly #request: Buffer
  /** The one used last is taken first. */
  readonly #idle: { readonly connection: Connection; readonly since: number }[] = []
  readonly #all = new Set<Connection>()

  constructor(port: number, path: string, headers: Readonly<Record<string, string>>) {
    this.#port = port
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
    this.#request = Buffer.from(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${lines.join('')}\r\n`)
  }

  /** Calls back once: with the answer, or why there is none. */
  send(taker: Taker): void {
    const connection = this.#takeIdle() ?? this.#open()
    connection.send(this.#request, (answer, failure) => {
      if (answer) this.#idle.push({ connection, since: performance.now() })
      taker(answer, failure)
    })
  }

  close(): void {
    for (const connection of this.#all) connection.destroy()
  }

  #takeIdle(): Connection | undefined {
    for (let last = this.#idle.pop(); last; last = this.#idle.pop()) {
      if (!last.connection.isClosed && performance.now() - last.since < idleMs) return last.connection
      last.connection.destroy()
    }
    return undefined
  }

  #open(): Connection {
    const connection = new Connection(this.#port, () => this.#all.delete(connection))
    this.#all.add(connection)
    return connection
  }
}

class Connection {
  readonly #socket: Socket
  #taker: Taker | undefined
  #data: Buffer | undefined
  #timer: NodeJS.Timeout | undefined
  isClosed = false

  constructor(port: number, onClose: () => void) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true })
    this.#socket.on('data', (data: Buffer) => this.#take(data))
    this.#socket.on('error', (error: NodeJS.ErrnoException) => this.#end(undefined, error.code ?? error.message))
    this.#socket.on('close', () => {
      this.isClosed = true
      onClose()
      this.#end(undefined, 'the connection was closed')
    })
  }

  send(request: Buffer, taker: Taker): void {
    this.#taker = taker
    this.#timer = setTimeout(() => {
      this.#end(undefined, `no answer within ${answerWithinMs} ms`)
      this.destroy()
    }, answerWithinMs)
    this.#socket.write(request)
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #take(data: Buffer): void {
    const all = this.#data ? Buffer.concat([this.#data, data]) : data
    this.#data = all
    const end = all.indexOf('\r\n\r\n', 0, 'latin1')
    if (end < 0) return
    const head = all.toString('latin1', 0, end)
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
    if (length === undefined) {
      this.#end(undefined, 'an answer without Content-Length')
      this.destroy()
      return
    }
    const body = all.subarray(end + 4)
    if (body.length >= Number(length)) this.#end({ status: Number(head.slice(9, 12)), head, body }, undefined)
  }

  #end(answer: Answer | undefined, failure: string | undefined): void {
    const taker = this.#taker
    this.#taker = undefined
    this.#data = undefined
    clearTimeout(this.#timer)
    taker?.(answer, failure)
  }
}
