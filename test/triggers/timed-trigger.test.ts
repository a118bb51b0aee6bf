import { expect, test } from '@jest/globals'
import { GatewayError } from '../../src/errors.ts'
import { type Marks, marksInMemory } from '../../src/triggers/marks.ts'
import { everyInterval } from '../../src/triggers/schedule.ts'
import { TimedTrigger, type TimedTriggerOptions } from '../../src/triggers/timed-trigger.ts'
import { afterTest } from '../support/cleanup.ts'
import { FakeClock, settle } from '../support/fake-clock.ts'

const minute = 60_000

/** Runs as a store has them that several gateways share: an id is there once. */
class Runs {
  readonly ids = new Set<string>()
  readonly lasts: (string | undefined)[] = []
  readonly #open = new Set<string>()
  isGone = false

  async isOpen(): Promise<boolean> {
    return this.#open.size > 0
  }

  async begin(id: string, { last }: { last: string | undefined }) {
    if (this.isGone) throw new GatewayError('overloaded', { status: 503 })
    if (this.ids.has(id)) return undefined
    this.ids.add(id)
    this.#open.add(id)
    this.lasts.push(last)
    return { ended: new Promise(() => {}) }
  }

  end(): void {
    this.#open.clear()
  }

  /** When they began, from the epoch of the test. */
  get minutes(): number[] {
    return [...this.ids].map((id) => (Date.parse(id.slice('nightly:'.length)) - startMs) / minute)
  }
}

/** 5 minutes past what all intervals of these tests divide. */
const startMs = Math.ceil(1_700_000_001_000 / (60 * minute)) * 60 * minute

function clockAt(minutes: number): FakeClock {
  const clock = new FakeClock()
  clock.skip(startMs + minutes * minute - clock.epoch())
  return clock
}

async function start(clock: FakeClock, runs: Runs, options: Partial<TimedTriggerOptions> = {}) {
  const counted: string[] = []
  const told: (string | undefined)[] = []
  const trigger = new TimedTrigger({
    ...{ route: 'nightly', schedule: everyInterval(10 * minute), overlap: 'allow', missedForMs: 0, clock, runs },
    marks: marksInMemory(),
    count: (result) => counted.push(result),
    told: (reason) => told.push(reason),
    ...options,
  })
  afterTest(() => trigger.stop())
  await settle()
  return { trigger, counted, told }
}

test('a run is begun for each moment, and knows the one before it', async () => {
  const [clock, runs] = [clockAt(5), new Runs()]
  await start(clock, runs)
  await clock.advance(26 * minute)
  expect(runs.minutes).toEqual([10, 20, 30])
  expect(runs.lasts.map((last) => last && (Date.parse(last) - startMs) / minute)).toEqual([undefined, 10, 20])
})

test('of two gateways one begins it', async () => {
  const [clock, runs] = [clockAt(5), new Runs()]
  const marks = marksInMemory()
  const one = await start(clock, runs, { marks })
  const other = await start(clock, runs, { marks })
  await clock.advance(20 * minute)
  expect(runs.minutes).toEqual([10, 20])
  expect([...one.counted, ...other.counted]).toEqual(['fired', 'fired'])
})

test('`skip` lets a moment pass while the run before it goes on', async () => {
  const [clock, runs] = [clockAt(5), new Runs()]
  const { counted } = await start(clock, runs, { overlap: 'skip' })
  await clock.advance(16 * minute)
  runs.end()
  await clock.advance(10 * minute)
  expect(runs.minutes).toEqual([10, 30])
  expect(counted).toEqual(['fired', 'skipped', 'fired'])
})

test('`queue` begins it as soon as the run before it has ended, after a restart as well', async () => {
  const [clock, runs, marks] = [clockAt(5), new Runs(), marksInMemory()]
  const { trigger } = await start(clock, runs, { overlap: 'queue', marks })
  await clock.advance(26 * minute)
  expect(runs.minutes).toEqual([10])
  await trigger.stop()
  await start(clock, runs, { overlap: 'queue', marks })
  runs.end()
  await clock.advance(2000)
  expect(runs.minutes).toEqual([10, 20])
  runs.end()
  await clock.advance(2000)
  expect(runs.minutes).toEqual([10, 20, 30])
})

/** It has run until minute 11, and again from then on. */
async function restartAt(minutes: number, missedForMs: number, marks: Marks = marksInMemory()) {
  const runs = new Runs()
  const clock = clockAt(5)
  const { trigger } = await start(clock, runs, { marks, missedForMs })
  await clock.advance(6 * minute)
  await trigger.stop()
  clock.skip((minutes - 11) * minute)
  const { counted } = await start(clock, runs, { marks, missedForMs })
  await clock.advance(0)
  return { minutes: runs.minutes, counted }
}

test('what was due while no gateway ran is made up for as it says', async () => {
  expect(await restartAt(55, 0)).toEqual({ minutes: [10], counted: ['missed'] })
  expect(await restartAt(55, 24 * 60 * minute)).toEqual({ minutes: [10, 50], counted: ['fired'] })
  expect(await restartAt(57, 6 * minute)).toEqual({ minutes: [10], counted: ['missed'] })
  // A restart takes a while.
  expect(await restartAt(50.5, 0)).toEqual({ minutes: [10, 50], counted: ['fired'] })
})

test('what cannot be recorded is tried again until the next moment is due, and told once', async () => {
  const [clock, runs] = [clockAt(5), new Runs()]
  const { told } = await start(clock, runs)
  runs.isGone = true
  await clock.advance(6 * minute)
  expect(runs.minutes).toEqual([])
  runs.isGone = false
  await clock.advance(2000)
  expect(runs.minutes).toEqual([10])
  runs.isGone = true
  await clock.advance(22 * minute)
  runs.isGone = false
  await clock.advance(2000)
  expect(runs.minutes).toEqual([10, 30])
  expect(told.map((reason) => reason !== undefined)).toEqual([true, false, true, false])
})
