import { Opaque } from '../opaque.ts'
import { Unwritable } from './format.ts'

/** A file, or a body that is read as bytes: passed on as it is, in a `multipart`; nothing looks into it. */
export class OpaqueBytes extends Opaque {
  readonly filename: string | undefined
  /** Its content type. */
  readonly type: string
  readonly size: number
  // Only own members are data, and this is none.
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array, type: string, filename?: string) {
    super()
    if (filename !== undefined) this.filename = filename
    this.type = type
    this.size = bytes.length
    this.#bytes = bytes
  }

  /** No member of it, not even an inherited one, which paths would read. */
  static bytesOf(opaque: OpaqueBytes): Uint8Array {
    return opaque.#bytes
  }

  /** JSON has no bytes: its name, type and size can be said by their names. */
  toJSON(): never {
    throw new Unwritable('bytes have no form in JSON')
  }
}
