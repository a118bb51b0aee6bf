import { spend } from '../work.ts'
import { fail } from './scope.ts'

const fixed = /^([+-])?([01]\d|2[0-3]):([0-5]\d)$/
/** What one reading of a clock in a named zone takes. */
const unitsPerReading = 16

/** What is wrong with a zone that is known at load. */
export function refuseZone(zone: unknown): string | undefined {
  return typeof zone !== 'string' || fixed.test(zone) || clockOf(zone) ? undefined : `there is no time zone \`${zone}\``
}

/** The time whose parts in UTC are those that clocks in a zone show: `Asia/Shanghai`, `+05:30`. */
export function inZone(time: Date, zone: string): Date {
  return zone === 'UTC' ? time : new Date(time.getTime() + offsetOf(time, zone))
}

/** How far the clocks of a zone are ahead of UTC, in milliseconds. */
export function offsetOf(time: Date, zone: string): number {
  const [, sign, hours, minutes] = fixed.exec(zone) ?? []
  if (hours !== undefined) return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000
  spend(unitsPerReading)
  const clock = clockOf(zone) ?? fail('there is no such time zone')
  const shown = Object.fromEntries(clock.formatToParts(time).map(({ type, value }) => [type, value]))
  const [year, month, day, ...clockTime] = ['year', 'month', 'day', 'hour', 'minute', 'second'].map((part) =>
    Number(shown[part]),
  ) as [number, number, number, number, number, number]
  const local = new Date(0)
  // The year before the first is 1 BC, which is the year 0.
  local.setUTCFullYear(shown['era'] === 'BC' ? 1 - year : year, month - 1, day)
  local.setUTCHours(...clockTime)
  return local.getTime() - Math.floor(time.getTime() / 1000) * 1000
}

/** Zones have few names, but in many cases: each is kept as it was first written, up to a bound. */
const clocks = new Map<string, Intl.DateTimeFormat>()
const mostClocks = 1000

function clockOf(zone: string): Intl.DateTimeFormat | undefined {
  const known = clocks.get(zone)
  if (known) return known
  try {
    const clock = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'gregory',
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    if (clocks.size >= mostClocks) clocks.clear()
    clocks.set(zone, clock)
    return clock
  } catch {
    return undefined
  }
}
