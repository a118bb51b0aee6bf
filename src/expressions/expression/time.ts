import { fail } from './failing.ts'

const nanosInMs = 1_000_000n
const nanosInSecond = 1_000_000_000n

/** What 64 bits hold: no duration is longer. */
const longest = 9_223_372_036_854_775_807n

/** A span of time, as CEL's google.protobuf.Duration. */
export class Duration {
  readonly nanos: bigint
  constructor(nanos: bigint) {
    this.nanos = -longest <= nanos && nanos <= longest ? nanos : fail('a duration is no longer than 292 years')
  }
  valueOf(): bigint {
    return this.nanos
  }
  toJSON(): string {
    const amount = this.nanos < 0n ? -this.nanos : this.nanos
    return `${this.nanos < 0n ? '-' : ''}${amount / nanosInSecond}${printFraction(amount)}s`
  }
}

const earliest = BigInt(Date.parse('0001-01-01T00:00:00Z')) * nanosInMs
const latest = BigInt(Date.parse('9999-12-31T23:59:59Z')) * nanosInMs + nanosInSecond - 1n

/** A moment by its nanoseconds since 1970, as CEL's google.protobuf.Timestamp. */
export class Timestamp {
  readonly nanos: bigint
  constructor(nanos: bigint) {
    this.nanos = earliest <= nanos && nanos <= latest ? nanos : fail('a timestamp is of the years 1 to 9999')
  }
  /** To the millisecond. */
  get date(): Date {
    return new Date(Number((this.nanos - earliest) / nanosInMs + earliest / nanosInMs))
  }
  valueOf(): bigint {
    return this.nanos
  }
  /** As RFC 3339, with no zeros at the end of a second. */
  toJSON(): string {
    return `${this.date.toISOString().slice(0, 19)}${printFraction(this.nanos - earliest)}Z`
  }
}

/** What is behind the point of an amount of seconds. */
function printFraction(nanos: bigint): string {
  const rest = nanos % nanosInSecond
  return rest === 0n ? '' : `.${String(rest).padStart(9, '0').replace(/0+$/, '')}`
}

export const timestampOfMs = (ms: number) => new Timestamp(BigInt(Math.floor(ms)) * nanosInMs)

const iso = /^(\d{4})-(\d{2})-(\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.(\d{1,9}))?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/

/** RFC 3339 text, or seconds since the epoch. */
export function toTimestamp(value: unknown): Timestamp {
  if (value instanceof Timestamp) return value
  if (typeof value === 'number') {
    const seconds = Math.floor(value)
    return new Timestamp(BigInt(seconds) * nanosInSecond + BigInt(Math.round((value - seconds) * 1e9)))
  }
  const [text, year, month, day, , fraction = ''] = iso.exec(value as string) ?? []
  if (text === undefined) return fail('timestamp() needs RFC 3339 text or seconds since 1970')
  const isDay = Number(day) >= 1 && Number(day) <= daysIn(Number(year), Number(month))
  if (!isDay) return fail('there is no such day')
  const whole = BigInt(Date.parse(text.replace(/\.\d+/, ''))) * nanosInMs
  return new Timestamp(whole + BigInt(fraction.padEnd(9, '0')))
}

/** None in a month that does not exist. */
function daysIn(year: number, month: number): number {
  if (month < 1 || month > 12) return 0
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return [4, 6, 9, 11].includes(month) ? 30 : 31
}

const nanosIn: Readonly<Record<string, bigint>> = {
  h: 3600n * nanosInSecond,
  m: 60n * nanosInSecond,
  s: nanosInSecond,
  ms: nanosInMs,
  us: 1000n,
  ns: 1n,
}

/** `1h30m`, `-1.5s`, `200ms`. */
export function toDuration(value: unknown): Duration {
  if (value instanceof Duration) return value
  const text = value as string
  if (text.length > 40 || !/^[+-]?(\d+(\.\d+)?(h|ms|us|ns|m|s))+$/.test(text))
    fail('duration() needs text like 1h30m or 1.5s')
  let nanos = 0n
  for (const [, whole, fraction = '', unit] of text.matchAll(/(\d+)(?:\.(\d+))?(h|ms|us|ns|m|s)/g))
    nanos += (BigInt(whole + fraction) * nanosIn[unit!]!) / 10n ** BigInt(fraction.length)
  return new Duration(text.startsWith('-') ? -nanos : nanos)
}

/** CEL's accessors of a timestamp, in UTC; months and days of the month count from 0 where CEL says so. */
export const timestampParts: Readonly<Record<string, (date: Date) => number>> = {
  getFullYear: (date) => date.getUTCFullYear(),
  getMonth: (date) => date.getUTCMonth(),
  getDate: (date) => date.getUTCDate(),
  getDayOfMonth: (date) => date.getUTCDate() - 1,
  getDayOfWeek: (date) => date.getUTCDay(),
  getDayOfYear: (date) => {
    const first = new Date(date)
    first.setUTCMonth(0, 1)
    return Math.round((date.getTime() - first.getTime()) / 86_400_000)
  },
  getHours: (date) => date.getUTCHours(),
  getMinutes: (date) => date.getUTCMinutes(),
  getSeconds: (date) => date.getUTCSeconds(),
  getMilliseconds: (date) => date.getUTCMilliseconds(),
}

/** CEL's accessors of a duration: the whole of it in that unit. */
export const durationParts: Readonly<Record<string, (duration: Duration) => number>> = {
  getHours: ({ nanos }) => Number(nanos / nanosIn['h']!),
  getMinutes: ({ nanos }) => Number(nanos / nanosIn['m']!),
  getSeconds: ({ nanos }) => Number(nanos / nanosInSecond),
  getMilliseconds: ({ nanos }) => Number(nanos / nanosInMs),
}
