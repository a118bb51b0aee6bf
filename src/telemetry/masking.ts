import { createHmac, randomBytes } from 'node:crypto'

/** How much of a color may be seen outside of requests and responses (LANGUAGE "Dictionary"). */
export type Sensitivity = 'public' | 'internal' | 'pii' | 'secret'

export const masked = '***'

const processKey = randomBytes(32)
const shownHexDigits = 8

/**
 * A color's value as logs, spans, history and console may show it. A `secret` leaves nothing. A `pii` becomes
 * `pii:` and 8 hex digits: equal values look equal, so that one user's lines can be followed, but the digits are keyed
 * with a random key of this process, so that nobody tries telephone numbers until one fits.
 */
export function mask(value: unknown, sensitivity: Sensitivity): unknown {
  if (value === undefined || value === null || sensitivity === 'public' || sensitivity === 'internal') return value
  if (sensitivity === 'secret') return masked
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return `pii:${createHmac('sha256', processKey).update(text).digest('hex').slice(0, shownHexDigits)}`
}

const sensitiveWords = ['authorization', 'cookie', 'password', 'passwd', 'token', 'secret', 'apikey']
const maxRememberedNames = 1000
const rememberedNames = new Map<string, boolean>()

/** Whether a field of this name is masked whatever it holds: `set-cookie`, `accessToken`, `x-api-key`, … */
export function isSensitiveName(name: string): boolean {
  let sensitive = rememberedNames.get(name)
  if (sensitive === undefined) {
    const letters = name.toLowerCase().replaceAll(/[-_. ]/g, '')
    sensitive = sensitiveWords.some((word) => letters.includes(word))
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
  return maskMembers(fields, 0) as object
}

function maskMembers(value: object, depth: number): unknown {
  if (depth > maxDepth) return '…'
  if (value instanceof Error) return describeError(value, depth)
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

/** An error's name, code, step, message, stack and cause, and nothing else: what a backend answered hangs on some. */
function describeError(error: Error & { code?: unknown; step?: unknown }, depth: number): object {
  const { name, code, step, message, stack, cause } = error
  return { name, code, step, message, stack, cause: cause instanceof Error ? maskMembers(cause, depth + 1) : undefined }
}
