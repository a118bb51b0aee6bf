import * as z from 'zod'
import { isFileName, type SchemeKind } from './scheme.ts'
import { schemeKinds } from './schemes/index.ts'

const kinds: readonly SchemeKind[] = schemeKinds as readonly unknown[] as readonly SchemeKind[]
const names = kinds.map(({ name }) => name)

/** A scheme as it is written, with its kind. */
export interface WrittenScheme {
  readonly kind: SchemeKind
  readonly settings: unknown
}

const schemeShape = z
  .strictObject(Object.fromEntries(kinds.map(({ name, shape }) => [name, shape.optional()])))
  .superRefine((written, context) => {
    const found = Object.keys(written)
    if (found.length === 1) return
    context.addIssue({ code: 'custom', message: `a scheme is one of ${names.join(', ')}` })
  })
  .transform((written): WrittenScheme => {
    const [name] = Object.keys(written)
    return { kind: kinds.find((kind) => kind.name === name)!, settings: written[name!] }
  })

/** `auth:` of the gateway's file. */
export const authShape = z
  .record(
    z
      .string()
      .regex(/^[a-zA-Z][\w-]*$/, 'a scheme is named by letters, digits, - and _')
      .refine((name) => name !== 'none', '`none` stands for no scheme'),
    schemeShape,
  )
  .default({})
  .describe('Ways to find out who asks, by name, for `auth` of routes. With one, `defaults.auth` has to be said.')

/** A file that a scheme of the gateway's file names: `auth.user.jwt.jwks`. */
export interface SchemeFile {
  /** Of the scheme. */
  readonly scheme: string
  /** As it is written. */
  readonly name: string
}

/** The files that `auth:` names, of which it is not yet known whether it is right. */
export function findSchemeFiles(auth: unknown, textOf: (value: unknown) => unknown): SchemeFile[] {
  if (typeof auth !== 'object' || auth === null) return []
  return Object.entries(auth).flatMap(([scheme, written]) =>
    kinds.flatMap(({ name: kind, fileKey }) => {
      const name = fileKey === undefined ? undefined : textOf(written?.[kind]?.[fileKey])
      return isFileName(name) ? [{ scheme, name }] : []
    }),
  )
}
