import * as z from 'zod'
import { faultOf, type Granted, grantedShape, readGrantedFile } from '../../granted.ts'
import { type PasswordHash, parseHash } from './password-hash.ts'

/** What separates a name from a password, and what no terminal shows. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is meant
const unspeakable = /[:\x00-\x1f\x7f]/

const userShape = z.strictObject({
  name: z
    .string()
    .min(1)
    .refine((name) => !unspeakable.test(name), 'a name has neither `:` nor control characters')
    .transform((name) => name.normalize())
    .describe('Who it is: `auth.subject`.'),
  hash: z
    .string()
    .superRefine((text, context) => {
      const fault = faultOf(() => parseHash(text))
      if (fault !== undefined) context.addIssue({ code: 'custom', message: fault })
    })
    .describe('Of the password: $scrypt$… or $argon2id$…'),
  ...grantedShape,
})

const fileShape = z.strictObject({ users: z.array(userShape) })

export interface UserEntry extends Granted {
  readonly hash: string
}

/** A user as requests are held to him. */
export interface User extends Granted {
  readonly password: PasswordHash
}

/**
 * Reads a file of users.
 * @throws Error that says what is wrong, and where
 */
export function readUserFile(value: unknown): readonly UserEntry[] {
  const { users } = readGrantedFile(fileShape, value ?? { users: [] })
  const twice = users.find(({ name }, at) => users.findIndex((other) => other.name === name) !== at)
  if (twice) throw new Error(`two users are called ${twice.name}`)
  return users
}

export const readUsers = (value: unknown): readonly User[] =>
  readUserFile(value).map((entry) => ({ ...entry, password: parseHash(entry.hash) }))
