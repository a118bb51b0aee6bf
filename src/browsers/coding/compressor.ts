import { promisify } from 'node:util'
import { brotliCompress, constants, gzip, zstdCompress } from 'node:zlib'
import type { Coding } from './compress-shape.ts'

const asBrotli = promisify(brotliCompress)
const asZstd = promisify(zstdCompress)
const asGzip = promisify(gzip)

/** For answers that are made while somebody waits: more costs more than it saves (docs/guides/browsers.md has figures). */
const encoders: Readonly<Record<Coding, (bytes: Uint8Array) => Promise<Uint8Array>>> = {
  br: (bytes) =>
    asBrotli(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 4, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
    }),
  zstd: (bytes) => asZstd(bytes),
  gzip: (bytes) => asGzip(bytes, { level: 6 }),
}

/** Half of the threads that Node has for this: the other half looks up names and reads files. */
const mostAtOnce = 2
const mostWaiting = 128

/** Compresses beside the event loop, so many bodies at once; undefined where too many wait: then it goes out as it is. */
export class Compressor {
  #running = 0
  readonly #waiting: (() => void)[] = []
  readonly #encode: typeof encoders

  constructor(encode = encoders) {
    this.#encode = encode
  }

  compress(bytes: Uint8Array, coding: Coding): Promise<Uint8Array> | undefined {
    if (this.#running < mostAtOnce) return this.#run(bytes, coding)
    if (this.#waiting.length >= mostWaiting) return undefined
    return new Promise<void>((resolve) => this.#waiting.push(resolve)).then(() => this.#run(bytes, coding))
  }

  async #run(bytes: Uint8Array, coding: Coding): Promise<Uint8Array> {
    this.#running++
    try {
      return await this.#encode[coding](bytes)
    } finally {
      this.#running--
      this.#waiting.shift()?.()
    }
  }
}

/** Of the process, as its threads are. */
export const compressor = new Compressor()
