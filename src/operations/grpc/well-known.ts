/** Messages that JSON writes in a form of their own (the JSON mapping of protobuf). */
export interface WellKnown {
  /** What a message is in JSON. */
  toJson(message: Record<string, unknown>, inner: (value: unknown) => unknown): unknown
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

const wrapper: WellKnown = {
  toJson: (message, inner) => inner(message['value']),
  fromJson: (value) => ({ value }),
}

const names = ['Double', 'Float', 'Int64', 'UInt64', 'Int32', 'UInt32', 'Bool', 'String', 'Bytes']

export const wellKnown: ReadonlyMap<string, WellKnown> = new Map([
  ['.google.protobuf.Timestamp', timestamp],
  ['.google.protobuf.Duration', duration],
  ...names.map((name) => [`.google.protobuf.${name}Value`, wrapper] as const),
])

/** Messages whose form in JSON is not known here: they cannot stand in what is called. */
export const unknownForms: ReadonlySet<string> = new Set(
  ['Any', 'Struct', 'Value', 'ListValue', 'FieldMask'].map((name) => `.google.protobuf.${name}`),
)
