import { describe, expect, test } from '@jest/globals'
import { cronSchedule, everyInterval, faultOfCron, lastDue, type Schedule } from '../../src/triggers/schedule.ts'

/** The next moments, as UTC. */
function due({ next }: Schedule, from: string, count: number): string[] {
  const moments: string[] = []
  let at: number | undefined = Date.parse(from)
  for (let found = 0; found < count && at !== undefined; found++) {
    at = next(at)
    if (at !== undefined) moments.push(new Date(at).toISOString().slice(0, 16))
  }
  return moments
}

describe('a time that the clock on the wall skips is due at the next instant', () => {
  test.each([
    ['Europe/Berlin', '30 2 * * *', '2026-03-28T12:00Z', ['2026-03-29T01:00', '2026-03-30T00:30']],
    ['America/New_York', '30 2 * * *', '2026-03-07T12:00Z', ['2026-03-08T07:00', '2026-03-09T06:30']],
    ['Australia/Lord_Howe', '15 2 * * *', '2026-10-03T00:00Z', ['2026-10-03T15:30', '2026-10-04T15:15']],
  ])('%s', (zone, cron, from, moments) => {
    expect(due(cronSchedule(cron, zone), from, 2)).toEqual(moments)
  })
})

describe('a time that it brings twice is due once', () => {
  test.each([
    ['Europe/Berlin', '30 2 * * *', '2026-10-24T12:00Z', ['2026-10-25T00:30', '2026-10-26T01:30']],
    ['America/New_York', '30 1 * * *', '2026-10-31T12:00Z', ['2026-11-01T05:30', '2026-11-02T06:30']],
    ['Australia/Lord_Howe', '45 1 * * *', '2026-04-04T00:00Z', ['2026-04-04T14:45', '2026-04-05T15:15']],
  ])('%s', (zone, cron, from, moments) => {
    expect(due(cronSchedule(cron, zone), from, 2)).toEqual(moments)
    // Also for a gateway that starts between the two.
    const between = new Date(Date.parse(`${moments[0]}Z`) + 10 * 60_000).toISOString()
    expect(due(cronSchedule(cron, zone), between, 1)).toEqual(moments.slice(1))
  })
})

test('a zone without such days keeps its hour', () => {
  const moments = due(cronSchedule('0 3 * * *', 'Asia/Shanghai'), '2026-03-28T00:00Z', 2)
  expect(moments).toEqual(['2026-03-28T19:00', '2026-03-29T19:00'])
})

test('an interval counts from the epoch, not from when a gateway began', () => {
  const moments = due(everyInterval(15 * 60_000), '2026-01-01T10:07:31Z', 2)
  expect(moments).toEqual(['2026-01-01T10:15', '2026-01-01T10:30'])
})

test('what was due last is found without looking at all that was due before it', () => {
  let asked = 0
  const secondly = everyInterval(1000)
  const counted: Schedule = {
    next(ms) {
      asked++
      return secondly.next(ms)
    },
  }
  expect(lastDue(counted, 0, 1_700_000_000_500)).toBe(1_700_000_000_000)
  expect(asked).toBeLessThan(100)
  expect(lastDue(everyInterval(24 * 3_600_000), 0, 10 * 86_400_000 + 5)).toBe(10 * 86_400_000)
  expect(lastDue(everyInterval(1000), 5000, 5999)).toBeUndefined()
})

test('what is no cron expression, no zone, or never due, is told', () => {
  expect(faultOfCron('0 3 * * *', 'UTC')).toBeUndefined()
  expect(faultOfCron('0 3 * *', 'UTC')).toBe('`0 3 * *` is no cron expression')
  expect(faultOfCron('0 3 * * *', 'Mars/Olympus')).toBe('`Mars/Olympus` is no time zone')
  expect(faultOfCron('0 0 30 2 *', 'UTC')).toBe('`0 0 30 2 *` is never due')
})
