import { fail } from './scope.ts'

/** A span of time, as CEL's google.protobuf.Duration, to the millisecond. */
export class Duration {
  readonly ms: number
  constructor(ms: number) {
    this.ms = ms
  }
  valueOf(): number {
    return this.ms
  }
  toJSON(): string {
    return `${this.ms / 1000}s`
  }
}

const millisecondsIn: Record<string, number> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 }
const isoTimestamp = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/

/** RFC 3339 text, or seconds since the epoch. */
export function toTimestamp(value: unknown): Date {
  if (value instanceof Date) return value
  const date = new Date(
    typeof value === 'number' ? value * 1000 : isoTimestamp.test(value as string) ? (value as string) : Number.NaN,
  )
  return Number.isNaN(date.getTime()) ? fail('timestamp() needs RFC 3339 text or seconds since 1970') : date
}

/** `1h30m`, `-1.5s`, `200ms`. */
export function toDuration(value: unknown): Duration {
  if (value instanceof Duration) return value
  const text = value as string
  if (text.length > 40 || !/^[+-]?(\d+(\.\d+)?(h|ms|m|s))+$/.test(text))
    fail('duration() needs text like 1h30m or 1.5s')
  let ms = 0
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g))
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
  getDayOfYear: (date) => Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000),
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
  getMilliseconds: ({ ms }) => ms,
}
