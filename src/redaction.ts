import { createHmac, randomBytes } from 'node:crypto'
import { printJson } from './json-text.ts'

/** How much of a color may be seen outside of requests and answers, least sensitive first (LANGUAGE "Dictionary"). */
export const sensitivities = ['public', 'internal', 'pii', 'secret'] as const
export type Sensitivity = (typeof sensitivities)[number]

/** Whether neither its values nor what they may be are for anybody outside to know. */
export function isSensitive({ sensitivity }: { readonly sensitivity: Sensitivity }): boolean {
  return sensitivity === 'pii' || sensitivity === 'secret'
}

/** What stands in place of a value. */
export const masked = '***'

const processKey = randomBytes(32)
const shownHexDigits = 8

/**
 * A color's value as anybody outside may be shown it. A `secret` leaves nothing. A `pii` becomes `pii:` and 8 hex digits:
 * equal values look equal, so that one user's lines can be followed, but the digits are keyed with a random key of this
 * process, so that nobody tries telephone numbers until one fits.
 */
export function mask(value: unknown, sensitivity: Sensitivity): unknown {
  if (value === undefined || value === null || !isSensitive({ sensitivity })) return value
  return sensitivity === 'secret' ? masked : `pii:${digest(typeof value === 'string' ? value : printJson(value))}`
}

/** Tells equal texts from others, for as long as this process runs, and nothing of what they are. */
export function digest(text: string): string {
  return createHmac('sha256', processKey).update(text).digest('hex').slice(0, shownHexDigits)
}

const shapes: ReadonlySet<string> = new Set(['type', 'format', 'title', 'properties', 'required', 'items'])

/** A type (JSON Schema) as anybody outside may be shown it: what lists, bounds or matches values is as sensitive as they are. */
export function maskType(schema: object, sensitivity: Sensitivity): Readonly<Record<string, unknown>> {
  return isSensitive({ sensitivity }) ? shapeOf(schema) : (schema as Readonly<Record<string, unknown>>)
}

function shapeOf(schema: object): Record<string, unknown> {
  const shown = Object.entries(schema).filter(([keyword]) => shapes.has(keyword))
  const inside = (value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) ? shapeOf(value) : {}
  return Object.fromEntries(
    shown.map(([keyword, value]) => {
      if (keyword === 'items') return [keyword, inside(value)]
      if (keyword !== 'properties') return [keyword, value]
      return [keyword, Object.fromEntries(Object.entries(value as object).map(([name, one]) => [name, inside(one)]))]
    }),
  )
}

/** Keys of files whose values are secrets: definitions say so (`secretMembers`), and people are shown none of them. */
export const secretKeys = new Set<string>()

export const isSecretKey = (key: string | number | undefined) => typeof key === 'string' && secretKeys.has(key)

/** Words of names that say who somebody is, or prove it. */
const words =
  /(?:^|[-_. ])(?:auth|authorization|authentication|bearer|cookie|credentials?|jwt|pass|passw(?:or)?d|passphrase|pwd|secret|session|sessionid|sid|token|apikey)(?:$|[-_. ])|(?:api|access|secret|private|subscription|functions)[-_. ]?key$/

/**
 * Whether a header, a query parameter or a field of a log is a credential by its name: `authorization`, `cookie`,
 * `x-api-key`, `x-amz-security-token`, `accessToken`. The one list: what is masked in logs, copied to a mirror and one
 * client's alone goes by it.
 */
export function isCredential(name: string): boolean {
  return words.test(name.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase())
}

/** A URL, or a text that was meant as one, without credentials, query and fragment. */
export function maskUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.host) return `${url.protocol}//${url.host}${url.pathname === '/' ? '' : url.pathname}`
  return text.replace(/^(.*\/\/)?.*@/s, '$1…@').replace(/[?#].*/s, '')
}

/** The query of a target: names, for they stand in the configuration, and no values. */
export function maskQuery(target: string): string {
  const start = target.indexOf('?')
  return start < 0 ? '' : target.slice(start).replaceAll(/=[^&]*/g, '=REDACTED')
}

/**
 * The message of an error that is not ours, up to what it tells of a value: V8 and Node quote what they cannot read, or put
 * it behind a colon. What the system says (`ENOENT … '/path'`, `ECONNREFUSED address`) is of the machine, and stays.
 */
export function maskMessage({ message, syscall }: Error & { readonly syscall?: unknown }): string {
  return syscall === undefined ? message.replace(/(?:["'`/]|: |(?<=Received |Cannot convert )).*/s, '…') : message
}
