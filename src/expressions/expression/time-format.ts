import { spend } from '../work.ts'
import { fail } from './scope.ts'
import { inZone, offsetOf } from './zone.ts'

const months = 'January February March April May June July August September October November December'.split(' ')
const days = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ')

type Write = (local: Date, offset: number) => string

const padded = (value: number, length: number) => String(value).padStart(length, '0')
const short = (name: string) => name.slice(0, 3)
const hour12 = (local: Date) => local.getUTCHours() % 12 || 12

function writeOffset(offset: number, separator: string, zero: string): string {
  if (offset === 0) return zero
  const minutes = Math.round(Math.abs(offset) / 60_000)
  return `${offset < 0 ? '-' : '+'}${padded(Math.floor(minutes / 60), 2)}${separator}${padded(minutes % 60, 2)}`
}

/** The fields of Unicode's date patterns (UTS 35), in English. */
const fields: Readonly<Record<string, Write>> = {
  yyyy: (local) => padded(local.getUTCFullYear(), 4),
  yy: (local) => padded(local.getUTCFullYear() % 100, 2),
  y: (local) => String(local.getUTCFullYear()),
  MMMM: (local) => months[local.getUTCMonth()]!,
  MMM: (local) => short(months[local.getUTCMonth()]!),
  MM: (local) => padded(local.getUTCMonth() + 1, 2),
  M: (local) => String(local.getUTCMonth() + 1),
  dd: (local) => padded(local.getUTCDate(), 2),
  d: (local) => String(local.getUTCDate()),
  EEEE: (local) => days[local.getUTCDay()]!,
  EEE: (local) => short(days[local.getUTCDay()]!),
  HH: (local) => padded(local.getUTCHours(), 2),
  H: (local) => String(local.getUTCHours()),
  hh: (local) => padded(hour12(local), 2),
  h: (local) => String(hour12(local)),
  a: (local) => (local.getUTCHours() < 12 ? 'AM' : 'PM'),
  mm: (local) => padded(local.getUTCMinutes(), 2),
  m: (local) => String(local.getUTCMinutes()),
  ss: (local) => padded(local.getUTCSeconds(), 2),
  s: (local) => String(local.getUTCSeconds()),
  SSS: (local) => padded(local.getUTCMilliseconds(), 3),
  XXX: (_, offset) => writeOffset(offset, ':', 'Z'),
  xxx: (_, offset) => writeOffset(offset, ':', '+00:00'),
  XX: (_, offset) => writeOffset(offset, '', 'Z'),
  xx: (_, offset) => writeOffset(offset, '', '+0000'),
}

/** Text in quotes, a quote, one letter as often as it stands, or what is no letter. */
const token = /'((?:[^']|'')+)'|('')|([A-Za-z])\3*|[^A-Za-z']+|(')/g

/** What is wrong with a pattern that is known at load. */
export function refusePattern(pattern: unknown): string | undefined {
  if (typeof pattern !== 'string') return undefined
  for (const [whole, , , letter, open] of pattern.matchAll(token)) {
    if (open) return 'a quote is not closed'
    if (letter && !Object.hasOwn(fields, whole)) return `a time has no \`${whole}\` in its pattern`
  }
  return undefined
}

/** A time as clocks of a zone show it, by a pattern: `yyyy-MM-dd'T'HH:mm`. */
export function writeTime(time: Date, pattern: string, zone = 'UTC'): string {
  spend(pattern.length >>> 3)
  const wrong = refusePattern(pattern)
  if (wrong !== undefined) fail(wrong)
  const offset = zone === 'UTC' ? 0 : offsetOf(time, zone)
  const local = offset === 0 ? time : inZone(time, zone)
  return pattern.replace(token, (whole, quoted: string | undefined, quote: string | undefined, letter?: string) => {
    if (quoted !== undefined) return quoted.replaceAll("''", "'")
    if (quote !== undefined) return "'"
    return letter === undefined ? whole : fields[whole]!(local, offset)
  })
}
