import { describe, expect, test } from '@jest/globals'
import { AdaptiveConcurrency } from '../../src/admission/concurrency/adaptive.ts'

interface Backend {
  /** Calls that it works on at once; more of them wait there. */
  readonly servers: number
  readonly serviceMs: number
}

/** Milliseconds of virtual time; as many calls as the limit allows are always under way. */
function run(limiter: AdaptiveConcurrency, backend: Backend, fromMs: number, forMs: number): number[] {
  const limits: number[] = []
  let now = fromMs
  while (now < fromMs + forMs) {
    const inside = limiter.limit
    const ms = backend.serviceMs * Math.max(1, inside / backend.servers)
    // A round: everyone who is inside is done once.
    for (let call = 0; call < inside; call++) limiter.note(ms, inside, now + (ms * call) / inside)
    now += ms
    limits.push(inside)
  }
  return limits
}

const bounds = { min: 2, max: 500 }
const steady = (limits: readonly number[]) => {
  const last = [...limits.slice(-Math.ceil(limits.length / 4))].sort((a, b) => a - b)
  return last[Math.floor(last.length / 2)]!
}

describe('adaptive concurrency', () => {
  test.each([
    { servers: 10, serviceMs: 20 },
    { servers: 60, serviceMs: 20 },
    { servers: 200, serviceMs: 50 },
  ])('finds what $servers servers of $serviceMs ms take, and a small queue', (backend) => {
    const limit = steady(run(new AdaptiveConcurrency(bounds, 0), backend, 0, 180_000))
    expect(limit).toBeGreaterThanOrEqual(backend.servers)
    expect(limit).toBeLessThanOrEqual(backend.servers * 2)
  })

  test.each([
    [5, 11],
    [10, 19],
    [50, 84],
    [200, 318],
  ])('settles for a backend that does %i at once where the guide says: at %i', (servers, wanted) => {
    const limit = steady(run(new AdaptiveConcurrency({ min: 2, max: 1000 }, 0), { servers, serviceMs: 20 }, 0, 300_000))
    expect(Math.abs(limit - wanted)).toBeLessThanOrEqual(1)
    // What the formula in the code rests at.
    expect(Math.abs((1.5 * servers) / (1 - 1 / Math.sqrt(limit)) - limit)).toBeLessThan(2)
  })

  test('does not follow an overload upwards: an hour later it is where it was', () => {
    const backend = { servers: 20, serviceMs: 10 }
    const limiter = new AdaptiveConcurrency(bounds, 0)
    const limits = run(limiter, backend, 0, 3_600_000)
    expect(steady(limits)).toBeLessThanOrEqual(40)
    expect(limits.filter((limit) => limit > 60)).toEqual([])
  })

  test('falls when the backend loses servers, and comes back with them', () => {
    const limiter = new AdaptiveConcurrency(bounds, 0)
    run(limiter, { servers: 80, serviceMs: 20 }, 0, 180_000)
    const fewer = steady(run(limiter, { servers: 16, serviceMs: 20 }, 180_000, 180_000))
    expect(fewer).toBeLessThanOrEqual(32)
    const again = steady(run(limiter, { servers: 80, serviceMs: 20 }, 360_000, 180_000))
    expect(again).toBeGreaterThanOrEqual(80)
  })

  test('learns a backend that has become slower for good', () => {
    const limiter = new AdaptiveConcurrency(bounds, 0)
    run(limiter, { servers: 40, serviceMs: 10 }, 0, 120_000)
    const limit = steady(run(limiter, { servers: 40, serviceMs: 60 }, 120_000, 400_000))
    expect(limit).toBeGreaterThanOrEqual(40)
    expect(limit).toBeLessThanOrEqual(80)
  })

  test('stays as it is while fewer come than may, and inside its bounds', () => {
    const limiter = new AdaptiveConcurrency({ min: 5, max: 30 }, 0)
    for (let now = 0; now < 60_000; now += 10) limiter.note(10, 2, now)
    expect(limiter.limit).toBe(20)
    expect(Math.max(...run(limiter, { servers: 1000, serviceMs: 10 }, 60_000, 60_000))).toBe(30)
    const least = Math.min(...run(limiter, { servers: 1, serviceMs: 10 }, 120_000, 60_000))
    expect(least).toBeGreaterThanOrEqual(5)
  })
})
