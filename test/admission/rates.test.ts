import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { Limiters } from '../../src/admission/limiters.ts'
import { CellRate } from '../../src/admission/rates/gcra.ts'
import { LocalRateLimiter, mostKeys } from '../../src/admission/rates/local.ts'
import type { RateDecision } from '../../src/admission/rates/rate-limiter.ts'
import { SharedRateLimiter } from '../../src/admission/rates/shared.ts'
import { systemClock } from '../../src/clock.ts'
import { RedisLink } from '../../src/stores/redis/link.ts'
import { unobserved } from '../../src/stores/store.ts'
import { afterTest } from '../support/cleanup.ts'
import { hasRedis, TestRedis } from '../support/redis.ts'
import { expectOneBucket } from '../support/shared-bucket.ts'
import { patienceMs, until } from '../support/waiting.ts'

const policy = { perSecond: 10, burst: 3 }

describe('a rate limit of this process', () => {
  test('lets the burst go at once, then one for every token that flows back', () => {
    let now = 0
    const limiter = new LocalRateLimiter(new CellRate(policy, 0), () => now)
    const take = () => limiter.take('u1')
    expect([take(), take(), take()].map(({ isAllowed, remaining }) => [isAllowed, remaining])).toEqual([
      [true, 2],
      [true, 1],
      [true, 0],
    ])
    expect(take()).toEqual({ isAllowed: false, waitMs: 100, remaining: 0, nextMs: 100 })
    now = 100
    expect([take().isAllowed, take().isAllowed]).toEqual([true, false])
    now = 1000
    expect(take()).toMatchObject({ isAllowed: true, remaining: 2, nextMs: 100 })
  })

  test('says when one more than remain could come, and keeps to it', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 30 }), (pauses) => {
        const replay = () => {
          let now = 0
          const limiter = new LocalRateLimiter(new CellRate(policy, 0), () => now)
          const take = (afterMs: number) => {
            now += afterMs
            return limiter.take('k') as RateDecision
          }
          return { take, last: pauses.map(take).at(-1)! }
        }
        const { last } = replay()
        const countAfter = (ms: number) => {
          const { take } = replay()
          let count = 0
          for (let afterMs = ms; take(afterMs).isAllowed; afterMs = 0) count++
          return count
        }
        expect(countAfter(0)).toBe(last.remaining)
        expect(countAfter(last.nextMs)).toBe(last.remaining + 1)
        if (last.nextMs > 1) expect(countAfter(last.nextMs - 1)).toBe(last.remaining)
      }),
    )
  })

  test('counts every key apart', () => {
    const limiter = new LocalRateLimiter(new CellRate({ perSecond: 1, burst: 1 }, 0), () => 0)
    expect(['a', 'b', 'a'].map((key) => limiter.take(key).isAllowed)).toEqual([true, true, false])
  })

  test('makes one wait for its turn where it may', () => {
    const limiter = new LocalRateLimiter(new CellRate({ perSecond: 10, burst: 1 }, 250), () => 0)
    const decisions = [0, 1, 2, 3].map(() => limiter.take(''))
    expect(decisions.map(({ isAllowed, waitMs }) => [isAllowed, waitMs])).toEqual([
      [true, 0],
      [true, 100],
      [true, 200],
      [false, 50],
    ])
  })

  test('never lets more go in any time than the burst and what flows back', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 100 }), (pauses) => {
        let now = 0
        const limiter = new LocalRateLimiter(new CellRate(policy, 0), () => now)
        const allowedAt: number[] = []
        for (const pause of pauses) {
          now += pause
          if (limiter.take('k').isAllowed) allowedAt.push(now)
        }
        for (const [first, from] of allowedAt.entries()) {
          for (let last = first; last < allowedAt.length; last++) {
            const most = policy.burst + ((allowedAt[last]! - from) / 1000) * policy.perSecond
            expect(last - first + 1).toBeLessThanOrEqual(most + 1e-6)
          }
        }
      }),
    )
  })

  test('keeps a client limited through a flood of keys, however many', () => {
    let now = 0
    const limiter = new LocalRateLimiter(new CellRate({ perSecond: 1, burst: 5 }, 0), () => now)
    for (let count = 0; count < 5; count++) expect(limiter.take('limited').isAllowed).toBe(true)
    expect(limiter.take('limited').isAllowed).toBe(false)
    for (let flood = 0; flood < 200_000; flood++) limiter.take(`fresh ${flood}`)
    expect(limiter.size).toBe(mostKeys)
    expect(limiter.take('limited').isAllowed).toBe(false)
    now = 1000
    expect([limiter.take('limited').isAllowed, limiter.take('limited').isAllowed]).toEqual([true, false])
  })

  test('forgets those whose bucket is full again to make room', () => {
    let now = 0
    const limiter = new LocalRateLimiter(new CellRate({ perSecond: 1, burst: 1 }, 0), () => now, 2)
    for (const key of ['a', 'b', 'c']) expect(limiter.take(key).isAllowed).toBe(true)
    expect([limiter.size, limiter.take('c').isAllowed]).toEqual([2, false])
    now = 1000
    for (const key of ['c', 'd', 'c', 'd']) limiter.take(key)
    expect(limiter.size).toBe(2)
  })

  test('lets no key have more than its rate, whatever other keys there are and how few it remembers', () => {
    const visit = fc.record({
      key: fc.constantFrom(...'abcdefgh'),
      pauseMs: fc.constantFrom(0, 0, 0, 10, 90, 100, 400),
    })
    const law = fc.property(fc.array(visit, { maxLength: 200 }), fc.integer({ min: 1, max: 4 }), (visits, most) => {
      let now = 0
      const limiter = new LocalRateLimiter(new CellRate(policy, 0), () => now, most)
      const allowedAt = new Map<string, number[]>()
      for (const { key, pauseMs } of visits) {
        now += pauseMs
        if (limiter.take(key).isAllowed) allowedAt.set(key, [...(allowedAt.get(key) ?? []), now])
        expect(limiter.size).toBeLessThanOrEqual(most)
      }
      for (const times of allowedAt.values()) {
        for (const [first, from] of times.entries()) {
          for (let last = first; last < times.length; last++) {
            const allowed = policy.burst + ((times[last]! - from) / 1000) * policy.perSecond
            expect(last - first + 1).toBeLessThanOrEqual(allowed + 1e-6)
          }
        }
      }
    })
    fc.assert(law, { numRuns: 500 })
  })
})

const redisTest = hasRedis ? test : test.skip

describe('a rate limit that replicas share', () => {
  async function startRedis(): Promise<TestRedis> {
    const redis = await TestRedis.start()
    afterTest(() => redis.close())
    return redis
  }

  async function open(redisUrl: string, notices: string[] = []) {
    const notify = ({ message, reason = '' }: { message: string; reason?: string }) =>
      void notices.push(`${message} ${reason}`.trim())
    const limiters = new Limiters({ clock: systemClock, redisUrl, notify })
    afterTest(() => limiters.close())
    await limiters.connected()
    return (perSecond: number, burst: number) =>
      limiters.acquire({ scope: 'route', name: 'home', policy: { perSecond, burst }, maxWaitMs: 0 }).value
  }

  /** A command has all the time that a slow machine takes: it is shared for as long as Redis lives. */
  async function openPatient(redisUrl: string, notices: string[]) {
    const link = new RedisLink(redisUrl, unobserved, { commandTimeoutMs: patienceMs })
    afterTest(() => link.close())
    await until(() => link.insist((client) => client.mGet(['none'])))
    const cells = new CellRate({ perSecond: 50, burst: 50 }, 0)
    const local = new LocalRateLimiter(cells, () => systemClock.now())
    return new SharedRateLimiter('route home', cells, link, local, (isShared) => {
      if (!isShared) notices.push('limits are not shared')
    })
  }

  redisTest('is one limit for two of them, within 2 %', async () => {
    const { url } = await startRedis()
    const notices: string[] = []
    const limiters = [await openPatient(url, notices), await openPatient(url, notices)]
    const both = limiters.flatMap((limiter) => [limiter, limiter])
    const clients = both.map((limiter) => async () => (await limiter.take('u1')).isAllowed)
    await expectOneBucket({ perSecond: 50, burst: 50, told: () => notices }, clients, 2000)
  })

  redisTest('says what is left as one of this process does', async () => {
    const { url } = await startRedis()
    const limiter = (await open(url))(0.1, 2)
    expect(await limiter.take('u1')).toMatchObject({ isAllowed: true, waitMs: 0, remaining: 1, nextMs: 10_000 })
    expect(await limiter.take('u1')).toMatchObject({ isAllowed: true, remaining: 0 })
    const refused = await limiter.take('u1')
    expect(refused).toMatchObject({ isAllowed: false, remaining: 0 })
    expect(refused.waitMs).toBeGreaterThan(5000)
    expect(refused.waitMs).toBeLessThanOrEqual(10_000)
  })

  redisTest('is each one’s own while Redis is gone, says so once, and shared again when it is back', async () => {
    const redis = await startRedis()
    const notices: string[] = []
    const limiter = (await open(redis.url, notices))(1, 2)
    await until(async () => {
      await limiter.take('warm')
      return notices.length === 0 || notices.splice(0).at(-1) === 'limits are shared again'
    })
    await redis.kill()
    const decisions = [await limiter.take('u1'), await limiter.take('u1'), await limiter.take('u1')]
    expect(decisions.map(({ isAllowed }) => isAllowed)).toEqual([true, true, false])
    expect(notices).toHaveLength(1)
    expect(notices[0]).toMatch(/limits are not shared.*each gateway counts for itself/)
    await redis.startAgain()
    await until(async () => {
      await limiter.take('u2')
      return notices[1] === 'limits are shared again'
    })
  })
})
