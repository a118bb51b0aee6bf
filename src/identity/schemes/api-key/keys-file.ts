import { createHash, randomBytes } from 'node:crypto'
import * as z from 'zod'
import { grantedShape, readGrantedFile } from '../../granted.ts'

/** Names a key, for people and in the key itself. */
const idPattern = /^[a-z0-9]{4,32}$/
const keyPattern = /^tsr_([a-z0-9]{4,32})_[A-Za-z0-9_-]{32}$/
const secretBytes = 24

const keyShape = z.strictObject({
  id: z.string().regex(idPattern, 'an id is 4 to 32 small letters and digits').describe('Names it, in the key too.'),
  name: z.string().min(1).describe('Whose it is: `auth.subject`. Several keys of one name are one user’s.'),
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/, 'a digest is sha256: and 64 hex digits'),
  ...grantedShape,
})

const fileShape = z.strictObject({ keys: z.array(keyShape) })

export type KeyEntry = z.output<typeof keyShape>

/**
 * Reads a file of keys.
 * @throws Error that says what is wrong, and where
 */
export function readKeyFile(value: unknown): readonly KeyEntry[] {
  const { keys } = readGrantedFile(fileShape, value ?? { keys: [] })
  const twice = keys.find(({ id }, at) => keys.findIndex((other) => other.id === id) !== at)
  if (twice) throw new Error(`two keys are called ${twice.id}`)
  return keys
}

/** The id that a key carries; undefined where it is none. */
export function idOfKey(key: string): string | undefined {
  return keyPattern.exec(key)?.[1]
}

/** What is kept of a key. It has 192 random bits, so that nobody finds it by trying. */
export function digestOf(key: string): string {
  return `sha256:${createHash('sha256').update(key).digest('hex')}`
}

/** A new key, which is shown once, and what is kept of it. */
export function makeKey(id = randomBytes(4).toString('hex')): {
  readonly id: string
  readonly key: string
  readonly digest: string
} {
  const key = `tsr_${id}_${randomBytes(secretBytes).toString('base64url')}`
  return { id, key, digest: digestOf(key) }
}
