import { types } from 'node:util'
import { GatewayError } from '../errors.ts'
import { isCredential, masked, maskMessage } from '../redaction.ts'

const maxRememberedNames = 1000
const rememberedNames = new Map<string, boolean>()

/** Whether a field of this name is masked whatever it holds: `set-cookie`, `accessToken`, `x-api-key`, … */
function isSensitiveName(name: string): boolean {
  let sensitive = rememberedNames.get(name)
  if (sensitive === undefined) {
    sensitive = isCredential(name)
    if (rememberedNames.size < maxRememberedNames) rememberedNames.set(name, sensitive)
  }
  return sensitive
}

const maxDepth = 6

/**
 * A copy of log fields in which every field of a sensitive name is masked, at any depth, and every error is told in
 * plain fields. The object itself is given back when there is nothing to change.
 */
export function maskFields(fields: object): object {
  const { err } = fields as { err?: unknown }
  // Whoever throws what is no error may throw anything.
  const told = err === undefined || isError(err) ? fields : { ...fields, err: { name: typeof err } }
  return maskMembers(told, 0) as object
}

function maskMembers(value: object, depth: number): unknown {
  if (depth > maxDepth) return '…'
  if (isError(value)) return describeError(value, depth)
  if (Array.isArray(value)) return value.map((item) => maskValue(item, depth))
  let copy: Record<string, unknown> | undefined
  for (const name of Object.keys(value)) {
    const before = (value as Record<string, unknown>)[name]
    const after = before !== undefined && isSensitiveName(name) ? masked : maskValue(before, depth)
    if (after !== before) {
      copy ??= { ...value }
      copy[name] = after
    }
  }
  return copy ?? value
}

function maskValue(value: unknown, depth: number): unknown {
  return typeof value === 'object' && value !== null ? maskMembers(value, depth + 1) : value
}

/** One of another realm, which no class of ours knows, too. */
function isError(value: unknown): value is Error {
  return types.isNativeError(value) || value instanceof Error
}

/** An error's name, code, step, message, stack and cause, and nothing else: what a backend answered hangs on some. */
function describeError(error: Error & { code?: unknown; step?: unknown }, depth: number): object {
  const { name, code, step, cause } = error
  // The detail of one of ours may be what a `throw` makes of colors.
  const message = error instanceof GatewayError ? (error.reason ?? error.code) : maskMessage(error)
  const stack = [`${name}: ${message}`, ...framesOf(error)].join('\n')
  return { name, code, step, message, stack, cause: isError(cause) ? maskMembers(cause, depth + 1) : undefined }
}

/** A stack begins with the message, whose lines may look like frames. */
function framesOf({ stack, name, message }: Error): string[] {
  if (typeof stack !== 'string') return []
  const at = stack.indexOf(message)
  const behind = at < 0 ? stack.slice(`${name}: `.length) : stack.slice(at + message.length)
  return behind.split('\n').filter((line) => /^ {4}at /.test(line))
}
