import { connect, type Socket } from 'node:net'
import type { Answer } from '../../life/client.ts'
import type { Headers } from './load.ts'

const answerWithinMs = 60_000

/**
 * One kept connection that asks one thing after another and never two at once. It knows of HTTP what the gateway
 * writes: an answer without Content-Length is a failure. For looks that take a million requests.
 */
export class KeptConnection {
  readonly #socket: Socket
  readonly #host: string
  #data: Buffer | undefined
  #settle: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | undefined

  constructor(port: number) {
    this.#host = `127.0.0.1:${port}`
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true })
    this.#socket.on('data', (data: Buffer) => this.#take(data))
    this.#socket.on('error', (error) => this.#fail(error))
    this.#socket.on('close', () => this.#fail(new Error('the connection was closed')))
    this.#socket.setTimeout(answerWithinMs, () => this.#socket.destroy(new Error(`silent for ${answerWithinMs} ms`)))
  }

  /** @throws Error when there is no whole answer */
  ask(path: string, headers: Headers): Promise<Answer> {
    let head = `GET ${path} HTTP/1.1\r\nHost: ${this.#host}\r\n`
    for (const name in headers) head += `${name}: ${headers[name]}\r\n`
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
      this.#socket.write(`${head}\r\n`, 'latin1')
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #take(data: Buffer): void {
    const all = this.#data ? Buffer.concat([this.#data, data]) : data
    this.#data = all
    const end = all.indexOf('\r\n\r\n', 0, 'latin1')
    if (end < 0) return
    const head = all.toString('latin1', 0, end)
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
    const wholeLength = end + 4 + Number(length)
    if (all.length < wholeLength) return
    if (all.length !== wholeLength) {
      this.#fail(new Error(length === undefined ? 'an answer without Content-Length' : 'more than was asked for'))
      return
    }
    this.#data = undefined
    const settle = this.#settle
    this.#settle = undefined
    settle?.resolve({ status: Number(head.slice(9, 12)), head, body: all.subarray(end + 4) })
  }

  #fail(error: Error): void {
    this.#settle?.reject(error)
    this.#settle = undefined
    this.#socket.destroy()
  }
}
