/** Where the image of a program lies while it runs, behind what the engine may keep for itself. */
export const imageStart = 1024

/** The bytes of a program, laid out at load for the one address they are copied to at each call. */
export class ImageBuilder {
  #bytes = new Uint8Array(1024)
  #length = 0

  /** The address of so many zero bytes, a multiple of eight. */
  reserve(length: number): number {
    const at = this.#length
    this.#length = align(at + length)
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(2 * this.#length)
      larger.set(this.#bytes)
      this.#bytes = larger
    }
    return imageStart + at
  }

  addBytes(bytes: Uint8Array): number {
    const address = this.reserve(bytes.length)
    this.#bytes.set(bytes, address - imageStart)
    return address
  }

  addWords(words: readonly number[]): number {
    const address = this.reserve(4 * words.length)
    this.setWords(address, words)
    return address
  }

  setWords(address: number, words: readonly number[]): void {
    this.#bytes.set(new Uint8Array(Uint32Array.from(words).buffer), address - imageStart)
  }

  /** The image, and what may be read beyond its last bytes. */
  build(): Image {
    this.reserve(16)
    return { bytes: this.#bytes.slice(0, this.#length), end: imageStart + this.#length }
  }
}

export interface Image {
  readonly bytes: Uint8Array
  /** The first address behind it, a multiple of eight. */
  readonly end: number
}

/** The next multiple of eight. */
export function align(address: number): number {
  return (address + 7) & ~7
}
