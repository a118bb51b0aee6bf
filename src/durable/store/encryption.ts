import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'
import { parseJson, printJson } from '../../json-text.ts'
import type { JournalSerializer } from './store.ts'

/** Written before what is encrypted; a text of the journal that has it not was never encrypted. */
const mark = 'tessera1'
const cipher = 'aes-256-gcm'
const saltBytes = 16
const ivBytes = 12
const tagBytes = 16
const shortestKey = 32
/** What one key may encrypt with ivs at random: 2^32 (NIST SP 800-38D), of which we stay well below. */
const mostTexts = 2 ** 30
const mostKnown = 1000

/** A key of the journal, made of a text that has 32 characters at least. */
export class JournalKey {
  /** Names it, and tells nothing of it. */
  readonly id: string
  readonly #secret: Buffer
  readonly #known = new Map<string, Buffer>()

  /** @throws RangeError for a text that is too short */
  constructor(text: string) {
    if (text.length < shortestKey) throw new RangeError(`it has ${text.length} characters, fewer than ${shortestKey}`)
    this.#secret = Buffer.from(hkdfSync('sha256', text, '', 'tessera journal', 32))
    this.id = createHash('sha256').update('tessera journal key ').update(this.#secret).digest('hex').slice(0, 16)
  }

  /** A key below it, one for each process and some texts, so that no iv ever comes twice. */
  below(salt: Buffer): Buffer {
    const name = salt.toString('latin1')
    let key = this.#known.get(name)
    if (!key) {
      key = Buffer.from(hkdfSync('sha256', this.#secret, salt, 'texts', 32))
      if (this.#known.size >= mostKnown) this.#known.clear()
      this.#known.set(name, key)
    }
    return key
  }
}

/** What is written cannot be read: its key is not given, or it was changed. */
export class UnreadableJournal extends Error {
  override readonly name = 'UnreadableJournal'
}

/** The values of runs as texts of the database: JSON, and encrypted (AES-256-GCM) by the first key, which all are read by. */
export function createSerializer(keys: readonly JournalKey[], readsPlain: boolean): JournalSerializer {
  const [first] = keys
  if (!first) return plain
  const byId = new Map(keys.map((key) => [key.id, key]))
  const begin = `${mark}:${first.id}:`
  let salt = randomBytes(saltBytes)
  let texts = 0
  return {
    name: () => 'tessera',
    stringify(value) {
      if (++texts > mostTexts) {
        salt = randomBytes(saltBytes)
        texts = 1
      }
      const iv = randomBytes(ivBytes)
      const sealing = createCipheriv(cipher, first.below(salt), iv).setAAD(Buffer.from(begin))
      const sealed = [sealing.update(print(value), 'utf8'), sealing.final()]
      return begin + Buffer.concat([salt, iv, sealing.getAuthTag(), ...sealed]).toString('base64')
    },
    parse(text) {
      if (!text?.startsWith(`${mark}:`)) {
        if (text && !readsPlain) throw new UnreadableJournal('a text of the journal is not encrypted')
        return plain.parse(text)
      }
      const [, id = '', body = ''] = text.split(':')
      const key = byId.get(id)
      if (!key) throw new UnreadableJournal(`a text of the journal is encrypted by the key ${id}, which is not given`)
      return plain.parse(open(key, id, Buffer.from(body, 'base64')))
    },
  }
}

function open(key: JournalKey, id: string, bytes: Buffer): string {
  const [salt, iv, tag] = [0, saltBytes, saltBytes + ivBytes].map((from, index) =>
    bytes.subarray(from, from + [saltBytes, ivBytes, tagBytes][index]!),
  )
  try {
    const opening = createDecipheriv(cipher, key.below(salt!), iv!, { authTagLength: tagBytes })
    opening.setAAD(Buffer.from(`${mark}:${id}:`)).setAuthTag(tag!)
    return opening.update(bytes.subarray(saltBytes + ivBytes + tagBytes), undefined, 'utf8') + opening.final('utf8')
  } catch (cause) {
    throw new UnreadableJournal('a text of the journal was changed', { cause })
  }
}

/** `undefined`, which JSON has not, is what no value was given for. */
const plain: JournalSerializer = {
  name: () => 'tessera',
  stringify: print,
  parse: (text) => (text ? parseJson(text) : text === '' ? undefined : null),
}

function print(value: unknown): string {
  return printJson(value) ?? ''
}
