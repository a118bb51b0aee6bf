import * as z from 'zod'
import { type Identity, identify } from './identity.ts'

/** What a file of ours says of somebody whom it knows. */
export const grantedShape = {
  scopes: z.array(z.string().min(1)).default([]).describe('What it grants.'),
  claims: z.record(z.string(), z.any()).default({}).describe('What else is known of who brings it.'),
  expires: z
    .union([z.iso.date(), z.iso.datetime({ offset: true })])
    .optional()
    .describe('When it ends: a date, or a time.'),
} as const

export interface Granted {
  readonly name: string
  readonly scopes: readonly string[]
  readonly claims: Readonly<Record<string, unknown>>
  readonly expires?: string | undefined
}

/** Who somebody is whom a file of ours knows. */
export function identityOf(
  { name, scopes, claims, expires }: Granted,
  scheme: string,
  roles: string | undefined,
): Identity {
  const expiresMs = expires === undefined ? undefined : Date.parse(expires)
  return identify({ scheme, claims: { ...claims, sub: name, scope: scopes.join(' ') }, roles, expiresMs })
}

/**
 * Holds what a file says to its shape.
 * @throws Error that says what is wrong, and where; nothing of what stands there
 */
export function readGrantedFile<Shape extends z.ZodType>(shape: Shape, value: unknown): z.output<Shape> {
  const result = shape.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw new Error(`${issue!.path.join('.') || 'the file'}: ${issue!.message}`)
}

/** What `read` says is wrong, as a value. */
export function faultOf(read: () => unknown): string | undefined {
  try {
    read()
    return undefined
  } catch (thrown) {
    return (thrown as Error).message
  }
}
