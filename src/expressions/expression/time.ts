import { fail } from './scope.ts'

/** What 64 bits of nanoseconds hold, in milliseconds: no duration is longer. */
const longest = 9_223_372_036_854.775

/** A span of time, as CEL's google.protobuf.Duration. */
export class Duration {
  readonly ms: number
  constructor(ms: number) {
    this.ms = Math.abs(ms) <= longest ? ms : fail('a duration is no longer than 292 years')
  }
  valueOf(): number {
    return this.ms
  }
  toJSON(): string {
    return `${(this.ms / 1000).toFixed(9).replace(/\.?0+$/, '')}s`
  }
}

const earliest = Date.parse('0001-01-01T00:00:00Z')
const latest = Date.parse('9999-12-31T23:59:59.999Z')

/** A timestamp by its milliseconds since 1970, to the millisecond. */
export function timestampAt(ms: number): Date {
  return ms >= earliest && ms <= latest ? new Date(ms) : fail('a timestamp is of the years 1 to 9999')
}

/** As RFC 3339, with no zeros at the end of a second. */
export function printTimestamp(time: Date): string {
  return time.toISOString().replace(/\.?0*Z$/, 'Z')
}

const iso = /^(\d{4})-(\d{2})-(\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/

/** RFC 3339 text, or seconds since the epoch. */
export function toTimestamp(value: unknown): Date {
  if (value instanceof Date) return value
  if (typeof value === 'number') return timestampAt(value * 1000)
  const [text, year, month, day] = iso.exec(value as string) ?? []
  if (text === undefined) return fail('timestamp() needs RFC 3339 text or seconds since 1970')
  const isDay = Number(day) >= 1 && Number(day) <= daysIn(Number(year), Number(month))
  return isDay ? timestampAt(Date.parse(text)) : fail('there is no such day')
}

/** None in a month that does not exist. */
function daysIn(year: number, month: number): number {
  if (month < 1 || month > 12) return 0
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return [4, 6, 9, 11].includes(month) ? 30 : 31
}

const millisecondsIn: Readonly<Record<string, number>> = {
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
  us: 1e-3,
  ns: 1e-6,
}

/** `1h30m`, `-1.5s`, `200ms`. */
export function toDuration(value: unknown): Duration {
  if (value instanceof Duration) return value
  const text = value as string
  if (text.length > 40 || !/^[+-]?(\d+(\.\d+)?(h|ms|us|ns|m|s))+$/.test(text))
    fail('duration() needs text like 1h30m or 1.5s')
  let ms = 0
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(h|ms|us|ns|m|s)/g))
    ms += Number(amount) * millisecondsIn[unit!]!
  return new Duration(text.startsWith('-') ? -ms : ms)
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
  getHours: ({ ms }) => Math.trunc(ms / 3_600_000),
  getMinutes: ({ ms }) => Math.trunc(ms / 60_000),
  getSeconds: ({ ms }) => Math.trunc(ms / 1000),
  getMilliseconds: ({ ms }) => Math.trunc(ms),
}
