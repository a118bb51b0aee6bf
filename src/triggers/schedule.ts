import { createRequire } from 'node:module'
import type { Cron } from 'croner'

/** When something is due. */
export interface Schedule {
  /** The first moment after another, in milliseconds since the epoch; undefined where there is none. */
  next(afterMs: number): number | undefined
}

/** Counts from the epoch, so that every gateway means the same moments. */
export function everyInterval(ms: number): Schedule {
  return { next: (afterMs) => (Math.floor(afterMs / ms) + 1) * ms }
}

/**
 * By the clock on the wall of a zone. A time that a change of that clock skips is due at the next instant, one that it brings
 * twice once; `*` stands for each that passes.
 */
export function cronSchedule(cron: string, zone: string): Schedule {
  const job = openCron(cron, zone)
  return { next: (afterMs) => job.nextRun(new Date(afterMs))?.getTime() }
}

/** What is wrong with a cron expression or its zone; undefined for nothing. */
export function faultOfCron(cron: string, zone: string): string | undefined {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
  } catch {
    return `\`${zone}\` is no time zone`
  }
  try {
    return openCron(cron, zone).nextRun(new Date(0)) ? undefined : `\`${cron}\` is never due`
  } catch {
    return `\`${cron}\` is no cron expression`
  }
}

/** Only who has a cron expression has the library. */
function openCron(cron: string, timezone: string): Cron {
  const croner = createRequire(import.meta.url)('croner') as typeof import('croner')
  return new croner.Cron(cron, { timezone, paused: true, mode: '5-or-6-parts' })
}

const minuteMs = 60_000
/** How far back is looked for what was due last, one after the other. */
const spansMs = [minuteMs, 60 * minuteMs, 24 * 60 * minuteMs, 32 * 24 * 60 * minuteMs, 6 * 366 * 24 * 60 * minuteMs]

/** The last moment that was due after one and up to another; undefined where none was. */
export function lastDue(schedule: Schedule, afterMs: number, nowMs: number): number | undefined {
  for (const span of spansMs) {
    let last: number | undefined
    let next = schedule.next(Math.max(afterMs, nowMs - span))
    while (next !== undefined && next <= nowMs) {
      last = next
      next = schedule.next(next)
    }
    if (last !== undefined || nowMs - span <= afterMs) return last
  }
  return undefined
}
