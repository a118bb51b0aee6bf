import { parseDuration } from '../expressions/units.ts'
import type { Tokens } from './masking/tokens.ts'
import { outcomes, type Summary } from './recording.ts'

/** What a list of recordings is to hold. */
export interface Filter {
  test(summary: Summary): boolean
  /** The same as conditions of SQL over the columns of a store, each with its values. */
  readonly conditions: readonly Condition[]
}

export interface Condition {
  /** With `?` where a value goes. */
  readonly sql: string
  readonly values: readonly (string | number)[]
}

export interface FilterParts {
  readonly tokens: Tokens
  readonly epoch: number
  /** Whether a color's values are tokens. */
  readonly isPersonal: (color: string) => boolean
}

/** SQLite takes no condition that is nested deeper than 1000, and each is asked of every recording. */
const mostTerms = 50

interface Term extends Condition {
  readonly test: (summary: Summary) => boolean
}

/** One key of a filter; undefined for a value that it does not have. */
type Key = (value: string, parts: FilterParts) => Term | undefined

const operators = { '>': 1, '>=': 1, '<': 1, '<=': 1, '=': 1 } as const
type Comparison = keyof typeof operators

const keys: Readonly<Record<string, Key>> = {
  status(value) {
    if (value === 'slow') return { sql: 'slow = 1', values: [], test: ({ isSlow }) => isSlow }
    if ((outcomes as readonly string[]).includes(value))
      return { sql: 'outcome = ?', values: [value], test: ({ outcome }) => outcome === value }
    const [, family] = /^([1-5])xx$/.exec(value) ?? []
    if (family === undefined) return compare('status', value, ({ status }) => status, Number)
    const from = Number(family) * 100
    return {
      sql: 'status >= ? AND status < ?',
      values: [from, from + 100],
      test: ({ status }) => status >= from && status < from + 100,
    }
  },
  ms: (value) =>
    compare(
      'ms',
      value,
      ({ ms }) => ms,
      (text) => (/^[\d.]+$/.test(text) ? Number(text) : (parseDuration(text) ?? Number.NaN)),
    ),
  route: (value) => equal('route', value, ({ route }) => route),
  method: (value) => equal('method', value.toUpperCase(), ({ method }) => method),
  path: (value) => ({ sql: 'instr(path, ?) > 0', values: [value], test: ({ path }) => path.includes(value) }),
  error: (value) => equal('error', value, ({ error }) => error),
  why: (value) => equal('why', value, ({ why }) => why),
  trace: (value) => equal('trace', value, ({ traceId }) => traceId),
  request: (value) => equal('request', value, ({ requestId }) => requestId),
  id: (value) => equal('id', value, ({ id }) => id),
  version: (value) => equal('version', value, ({ version }) => version),
  step: (value) => contained('calls', `|${value}=`, ({ calls }) => calls.some(({ step }) => step === value)),
  failed: (value) =>
    contained('failed', `|${value}=`, ({ calls }) =>
      calls.some(({ step, error }) => step === value && error !== undefined),
    ),
  source: (value) => contained('calls', `=${value}|`, ({ calls }) => calls.some(({ source }) => source === value)),
  color(value, { tokens, isPersonal }) {
    const at = value.indexOf('=')
    if (at < 1) return undefined
    const color = value.slice(0, at)
    const wanted = value.slice(at + 1)
    const shown = isPersonal(color) && !/^pii:[0-9a-f]{16}$/.test(wanted) ? tokens.of(wanted) : wanted
    return contained('colors', `|${color}=${shown}|`, ({ colors }) => colors[color] === shown)
  },
  since: (value, { epoch }) => moment('>=', value, epoch),
  until: (value, { epoch }) => moment('<', value, epoch),
}

/**
 * Parses a filter, one line of text: `status:degraded route:home ms:>500 color:user.id=u1 -step:recommend`. Words without
 * a key are looked for in route and path. Gives what is wrong with it as a text.
 */
export function parseFilter(text: string, parts: FilterParts): Filter | string {
  const terms: Term[] = []
  for (const [, not, key, quoted, plain] of text.matchAll(/(-)?(?:([a-z]+):)?(?:"([^"]*)"|(\S+))/g)) {
    const value = quoted ?? plain ?? ''
    const term = key === undefined ? anywhere(value) : Object.hasOwn(keys, key) ? keys[key]!(value, parts) : undefined
    if (key !== undefined && !Object.hasOwn(keys, key))
      return `nothing is filtered by \`${key}\`: it is one of ${Object.keys(keys).join(', ')}`
    if (!term) return `\`${key}:${value}\` says nothing`
    if (terms.length === mostTerms) return `a filter has at most ${mostTerms} words`
    terms.push(not ? negate(term) : term)
  }
  return { test: (summary) => terms.every(({ test }) => test(summary)), conditions: terms }
}

/** A step and its source each, for looking into: `|recommend=live|`. */
export function printCalls({ calls }: Pick<Summary, 'calls'>, isFailed = false): string {
  const shown = isFailed ? calls.filter(({ error }) => error !== undefined) : calls
  return shown.map(({ step, source }) => `|${step}=${source}|`).join('')
}

export function printColors({ colors }: Pick<Summary, 'colors'>): string {
  return Object.entries(colors)
    .map(([color, value]) => `|${color}=${value}|`)
    .join('')
}

function anywhere(value: string): Term {
  return {
    sql: "(instr(coalesce(route, ''), ?) > 0 OR instr(path, ?) > 0)",
    values: [value, value],
    test: ({ route, path }) => (route?.includes(value) ?? false) || path.includes(value),
  }
}

function equal(column: string, value: string, read: (summary: Summary) => string | undefined): Term {
  return { sql: `${column} = ?`, values: [value], test: (summary) => read(summary) === value }
}

function contained(column: string, value: string, test: Term['test']): Term {
  return { sql: `instr(${column}, ?) > 0`, values: [value], test }
}

function compare(
  column: string,
  text: string,
  read: (summary: Summary) => number,
  parse: (text: string) => number,
): Term | undefined {
  const [, sign = '', rest = ''] = /^(>=|<=|>|<|=)?(.*)$/.exec(text) ?? []
  const value = rest === '' ? Number.NaN : parse(rest)
  if (!Number.isFinite(value)) return undefined
  const by = (sign === '' ? '=' : sign) as Comparison
  return { sql: `${column} ${by} ?`, values: [value], test: (summary) => holds(read(summary), by, value) }
}

function holds(left: number, by: Comparison, right: number): boolean {
  switch (by) {
    case '>':
      return left > right
    case '>=':
      return left >= right
    case '<':
      return left < right
    case '<=':
      return left <= right
    case '=':
      return left === right
  }
}

/** `1h`: so long ago; else a date. */
function moment(by: Comparison, value: string, epoch: number): Term | undefined {
  const ago = parseDuration(value)
  const at = ago === undefined ? Date.parse(value) : epoch - ago
  return Number.isFinite(at) ? compare('at', `${by}${at}`, (summary) => summary.at, Number) : undefined
}

function negate({ sql, values, test }: Term): Term {
  return { sql: `NOT coalesce(${sql}, FALSE)`, values, test: (summary) => !test(summary) }
}
