import { isNumber } from '../../numbers.ts'

/** Messages that JSON writes in a form of their own (the JSON mapping of protobuf). */
export interface WellKnown {
  /** What a message is in JSON. @param inner gives a member of it as JSON, by its name */
  toJson(message: Record<string, unknown>, inner: (name: string) => unknown): unknown
  /** What JSON is as a message; undefined for what is none. */
  fromJson(value: unknown): Record<string, unknown> | undefined
}

const seconds = (message: Record<string, unknown>) => BigInt(String(message['seconds'] ?? 0))
const nanos = (message: Record<string, unknown>) => Number(message['nanos'] ?? 0)
const fraction = (count: number) => {
  if (count === 0) return ''
  const digits = String(count).padStart(9, '0')
  return `.${digits.endsWith('000000') ? digits.slice(0, 3) : digits.endsWith('000') ? digits.slice(0, 6) : digits}`
}

const timestamp: WellKnown = {
  toJson: (message) => {
    const date = new Date(Number(seconds(message)) * 1000)
    return Number.isNaN(date.getTime())
      ? undefined
      : date.toISOString().replace(/\.\d+Z$/, `${fraction(nanos(message))}Z`)
  },
  fromJson(value) {
    const found =
      typeof value === 'string'
        ? /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$/.exec(value)
        : null
    const ms = found ? Date.parse(found[0]!.replace(/\.\d+/, '')) : Number.NaN
    if (Number.isNaN(ms)) return undefined
    return { seconds: String(Math.floor(ms / 1000)), nanos: Number((found![1] ?? '.').slice(1).padEnd(9, '0')) }
  },
}

const duration: WellKnown = {
  toJson(message) {
    const [whole, part] = [seconds(message), nanos(message)]
    return `${whole < 0n || part < 0 ? '-' : ''}${whole < 0n ? -whole : whole}${fraction(Math.abs(part))}s`
  },
  fromJson(value) {
    const found = typeof value === 'string' ? /^(-?)(\d{1,12})(\.\d{1,9})?s$/.exec(value) : null
    if (!found) return undefined
    const [, sign, whole, part = '.'] = found
    return { seconds: `${sign}${whole}`, nanos: Number(`${sign}${part.slice(1).padEnd(9, '0')}`) }
  },
}

/** Any JSON: members of a message have the type of what they are. */
const value: WellKnown = {
  toJson(message, inner) {
    const kind = Object.keys(message).find((name) => Object.hasOwn(message, name) && kinds.has(name))
    return kind === undefined || kind === 'nullValue' ? null : inner(kind)
  },
  fromJson(json) {
    if (json === null) return { nullValue: 0 }
    if (isNumber(json)) return isDouble(json) ? { numberValue: json } : undefined
    if (typeof json === 'string') return { stringValue: json }
    if (typeof json === 'boolean') return { boolValue: json }
    if (Array.isArray(json)) return { listValue: json }
    return typeof json === 'object' ? { structValue: json } : undefined
  },
}
const kinds: ReadonlySet<string> = new Set([
  ...['nullValue', 'numberValue', 'stringValue', 'boolValue', 'structValue', 'listValue'],
])

/** A whole number beyond these would be another one there. */
const isDouble = (json: unknown) => typeof json !== 'bigint' || BigInt(Number(json)) === json

/** @param name of its one member */
const around = (name: string, fits: (json: unknown) => boolean): WellKnown => ({
  toJson: (_, inner) => inner(name),
  fromJson: (json) => (fits(json) ? { [name]: json } : undefined),
})

/** Paths in the names of JSON, parted by commas. */
const fieldMask: WellKnown = {
  toJson: (message) => ((message['paths'] as string[] | undefined) ?? []).map(camelCase).join(','),
  fromJson(json) {
    if (typeof json !== 'string') return undefined
    return { paths: json === '' ? [] : json.split(',').map((path) => path.replaceAll(/[A-Z]/g, toSnake)) }
  },
}
const camelCase = (path: string) => path.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
const toSnake = (letter: string) => `_${letter.toLowerCase()}`

const wrapper = around('value', () => true)
const names = ['Double', 'Float', 'Int64', 'UInt64', 'Int32', 'UInt32', 'Bool', 'String', 'Bytes']

export const wellKnown: ReadonlyMap<string, WellKnown> = new Map([
  ['.google.protobuf.Timestamp', timestamp],
  ['.google.protobuf.Duration', duration],
  ['.google.protobuf.Value', value],
  [
    '.google.protobuf.Struct',
    around('fields', (json) => typeof json === 'object' && json !== null && !Array.isArray(json)),
  ],
  ['.google.protobuf.ListValue', around('values', Array.isArray)],
  ['.google.protobuf.FieldMask', fieldMask],
  ...names.map((name) => [`.google.protobuf.${name}Value`, wrapper] as const),
])

/** Holds any message; what it is in JSON is told by that message's type (json.ts). */
export const anyMessage = '.google.protobuf.Any'
/** Null is a value of it. */
export const anyValue = '.google.protobuf.Value'
