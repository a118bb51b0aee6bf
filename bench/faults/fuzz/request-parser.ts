export interface RequestListener {
  began(head: string): void
  ended(head: string, body: string): void
  malformed(bytes: string): void
}

const requestLine = /^[A-Z]+ [\x21-\x7e]+ HTTP\/1\.1$/
const field = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*$/

/** Takes requests apart by the letter of RFC 9112: what it does not like, no gateway should have sent. */
export class RequestParser {
  readonly #listener: RequestListener
  #text = ''
  #head: string | undefined
  #isBroken = false

  constructor(listener: RequestListener) {
    this.#listener = listener
  }

  take(data: Buffer): void {
    this.#text += data.toString('latin1')
    while (!this.#isBroken && this.#takeOne());
  }

  /** Whether it took something and there may be more. */
  #takeOne(): boolean {
    if (this.#head === undefined) {
      const end = this.#text.indexOf('\r\n\r\n')
      const head = this.#text.slice(0, end < 0 ? undefined : end)
      const [line = '', ...fields] = head.split('\r\n')
      if (end < 0) return false
      if (!requestLine.test(line) || !fields.every((one) => field.test(one))) return this.#break(head)
      this.#head = head
      this.#text = this.#text.slice(end + 4)
      this.#listener.began(head)
    }
    const body = this.#takeBody(this.#head)
    if (body === undefined) return false
    const head = this.#head
    this.#head = undefined
    this.#listener.ended(head, body)
    return true
  }

  /** Undefined while it is not whole. */
  #takeBody(head: string): string | undefined {
    const lengths = [...head.matchAll(/\r\ncontent-length: *(.*)/gi)].map(([, value]) => value!)
    const codings = [...head.matchAll(/\r\ntransfer-encoding: *(.*)/gi)].map(([, value]) => value!)
    const isOdd = lengths.length + codings.length > 1 || !/^\d*$/.test(lengths[0] ?? '')
    if (isOdd || (codings[0] ?? 'chunked').toLowerCase() !== 'chunked') return void this.#break(head)
    if (codings.length > 0) return this.#takeChunks()
    const length = Number(lengths[0] ?? 0)
    if (this.#text.length < length) return undefined
    const body = this.#text.slice(0, length)
    this.#text = this.#text.slice(length)
    return body
  }

  #takeChunks(): string | undefined {
    let at = 0
    let body = ''
    for (;;) {
      const end = this.#text.indexOf('\r\n', at)
      if (end < 0) return undefined
      const size = /^([0-9a-f]+)$/i.exec(this.#text.slice(at, end))?.[1]
      if (size === undefined) return void this.#break(this.#text)
      const next = end + 2 + Number.parseInt(size, 16) + 2
      if (this.#text.length < next) return undefined
      if (this.#text.slice(next - 2, next) !== '\r\n') return void this.#break(this.#text)
      body += this.#text.slice(end + 2, next - 2)
      at = next
      if (size === '0') break
    }
    this.#text = this.#text.slice(at)
    return body
  }

  #break(bytes: string): false {
    this.#isBroken = true
    this.#listener.malformed(bytes)
    return false
  }
}
