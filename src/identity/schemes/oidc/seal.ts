import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { type LiveText, textNow } from '../../../environment.ts'
import { leastKeyBytes } from './shape.ts'

const cipher = 'aes-256-gcm'
const ivBytes = 12
const tagBytes = 16
const keyBytes = 32
/** A browser keeps no longer cookie (RFC 6265bis section 5.6). */
const mostCharacters = 4096
const alphabet = /^[\w-]+$/

/** Seals texts that go through a browser, so that nobody else reads or makes one: AES-256-GCM, by keys that may change. */
export class Seal {
  readonly #keys: readonly LiveText[]
  readonly #purpose: string
  readonly #derived = new Map<string, Buffer>()

  /** @param purpose what is sealed for one is opened for no other */
  constructor(keys: readonly LiveText[], purpose: string) {
    this.#keys = keys
    this.#purpose = purpose
  }

  /** By the first key; undefined where that is too short by now. @param context has to be the same when it is opened */
  close(text: string, context: string): string | undefined {
    const key = this.#derive(this.#keys[0]!)
    if (!key) return undefined
    const iv = randomBytes(ivBytes)
    const sealing = createCipheriv(cipher, key, iv).setAAD(Buffer.from(context))
    const body = Buffer.concat([sealing.update(text, 'utf8'), sealing.final()])
    return Buffer.concat([iv, body, sealing.getAuthTag()]).toString('base64url')
  }

  /** By any key; undefined where none has sealed it, or somebody has changed it. */
  open(sealed: string, context: string): string | undefined {
    if (sealed.length > mostCharacters || !alphabet.test(sealed)) return undefined
    const bytes = Buffer.from(sealed, 'base64url')
    if (bytes.length <= ivBytes + tagBytes) return undefined
    for (const text of this.#keys) {
      const key = this.#derive(text)
      const opened = key && openBy(key, bytes, context)
      if (opened !== undefined) return opened
    }
    return undefined
  }

  #derive(text: LiveText): Buffer | undefined {
    const secret = textNow(text)
    const known = this.#derived.get(secret)
    if (known) return known
    if (Buffer.byteLength(secret) < leastKeyBytes) return undefined
    const key = Buffer.from(hkdfSync('sha256', secret, '', `tessera ${this.#purpose}`, keyBytes))
    // A file that changes leaves its keys behind; those that hold are made again.
    if (this.#derived.size > 2 * this.#keys.length) this.#derived.clear()
    this.#derived.set(secret, key)
    return key
  }
}

function openBy(key: Buffer, bytes: Buffer, context: string): string | undefined {
  const opening = createDecipheriv(cipher, key, bytes.subarray(0, ivBytes), { authTagLength: tagBytes })
  opening.setAAD(Buffer.from(context)).setAuthTag(bytes.subarray(bytes.length - tagBytes))
  try {
    const body = bytes.subarray(ivBytes, bytes.length - tagBytes)
    return Buffer.concat([opening.update(body), opening.final()]).toString()
  } catch {
    return undefined
  }
}
