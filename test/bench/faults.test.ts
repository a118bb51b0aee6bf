import { describe, expect, test } from '@jest/globals'
import { readOptions } from '../../bench/faults/options.ts'
import { type GatewayPromise, judgePromise, type Sight } from '../../bench/faults/promise.ts'
import { judgeFailures } from '../../bench/faults/promises/discovery-failures.ts'
import { promises } from '../../bench/faults/promises/index.ts'
import { truncation } from '../../bench/faults/promises/truncation.ts'
import { withScene } from '../../bench/faults/scene/scene.ts'
import { compareInTurns, seeChangeAtMost } from '../../bench/faults/scene/turns.ts'
import { seeAtMost, seeNone, seeThat, seeTimeAtMost, tell } from '../../bench/faults/sights.ts'
import { printTable } from '../../bench/faults/table.ts'
import { findObstacle } from '../../bench/harness/requirements.ts'

const held = seeAtMost('p99', 8, 10, 'ms')
const broken = seeAtMost('p99', 12, 10, 'ms')
const unjudged = seeTimeAtMost('p99', 12, 10, 'others used 80 % of a core')

describe('a promise', () => {
  const cases: [string, Sight[], string][] = [
    ['holds when all that was looked at does', [held, tell('load', '3.1')], 'holds'],
    ['is broken by one thing, whatever else could not be judged', [held, unjudged, broken], 'broken'],
    ['does not count as held when something could not be judged', [held, unjudged], 'not judged'],
    ['does not count as held when nothing was promised of what was seen', [tell('load', '3.1')], 'not judged'],
    ['does not count as held when nothing was seen', [], 'not judged'],
  ]
  test.each(cases)('%s', (_, sights, verdict) => {
    expect(judgePromise(sights)).toBe(verdict)
  })
})

describe('a look', () => {
  test('takes a time within its bound on a busy machine, and none beyond it', () => {
    const verdicts = [8, 10, 10.1, Number.NaN].map((ms) => seeTimeAtMost('p99', ms, 10, 'busy').verdict)
    expect(verdicts).toEqual(['holds', 'holds', 'not judged', 'not judged'])
    expect(seeTimeAtMost('p99', 10.1, 10, undefined).verdict).toBe('broken')
  })

  test('that found nothing to look at has not found that nothing is wrong', () => {
    expect(seeNone('failures', [], 0).verdict).toBe('not judged')
    expect(seeNone('failures', [], 7)).toMatchObject({ verdict: 'holds', seen: '0 of 7' })
    expect(seeNone('failures', ['reset', 'late'], 7)).toMatchObject({ verdict: 'broken', seen: '2 of 7, first: reset' })
  })

  test('at a fact needs no quiet machine', () => {
    expect([seeThat('pid', true, '7').verdict, seeThat('pid', false, 'gone').verdict]).toEqual(['holds', 'broken'])
  })
})

describe('a change', () => {
  const measureBy = (without: readonly number[], withIt: readonly number[]) => {
    const left = { without: [...without], with: [...withIt] }
    const order: string[] = []
    const take = (side: 'without' | 'with') => async () => {
      order.push(side === 'with' ? 'B' : 'A')
      return left[side].shift()!
    }
    return compareInTurns(without.length, { without: take('without'), with: take('with') }).then((change) => ({
      change,
      order: order.join(''),
    }))
  }

  test('is the middle of the pairs, measured A B B A', async () => {
    const { change, order } = await measureBy([10, 10, 10], [11, 10.5, 90])
    expect(order).toBe('ABBAAB')
    expect(change.percent).toBeCloseTo(10)
    expect(change.described).toBe('10.0 → 11.0 ms, median of 3 pairs')
  })

  test('holds, is broken, or is not judged by how much the pairs differ', async () => {
    const judge = async (withIt: readonly number[], disturbance?: string) => {
      const { change } = await measureBy([10, 10, 10, 10], withIt)
      return seeChangeAtMost('p99', change, 10, disturbance).verdict
    }
    expect(await judge([10.1, 10.2, 10.1, 10.2])).toBe('holds')
    expect(await judge([13, 13.1, 13, 13.1])).toBe('broken')
    expect(await judge([13, 13.1, 13, 13.1], 'busy')).toBe('not judged')
    expect(await judge([5, 10, 10, 40])).toBe('not judged')
  })
})

describe('failures while endpoints come and go', () => {
  const kills = [{ at: 1_000, deadAt: 1_010, held: new Set(['write-1']) }]
  const failed = (id: string | undefined, sentAt: number, trouble: string) => ({
    id,
    sentAt,
    endedAt: sentAt + 30,
    trouble: `502 ${trouble}`,
  })
  const judge = (failure: ReturnType<typeof failed>, disturbance?: string) =>
    judgeFailures([failure], kills, 9, disturbance).map(({ verdict }) => verdict)

  const cases: [string, ReturnType<typeof failed>, string[]][] = [
    ['a POST that a killed endpoint had', failed('write-1', 900, '(closed)'), ['holds', 'holds', 'told']],
    ['a POST on its way to it', failed('write-2', 990, '(ECONNRESET)'), ['holds', 'holds', 'told']],
    ['a GET, which can be tried again', failed(undefined, 990, '(ECONNRESET)'), ['broken', 'holds', 'told']],
    ['a POST that was never sent', failed('write-2', 990, '(ECONNREFUSED)'), ['broken', 'holds', 'told']],
    ['a POST long after', failed('write-2', 1_100, '(closed)'), ['broken', 'holds', 'told']],
    ['a POST answered before', failed('write-2', 900, '(closed)'), ['broken', 'holds', 'told']],
    ['one that took too long', failed(undefined, 990, '{"code":"timeout"}'), ['holds', 'broken', 'told']],
  ]
  test.each(cases)('are told apart: %s', (_, failure, verdicts) => {
    expect(judge(failure)).toEqual(verdicts)
  })

  test('are not judged by time on a busy machine', () => {
    expect(judge(failed(undefined, 990, '{"code":"timeout"}'), 'busy')).toEqual(['holds', 'not judged', 'told'])
  })
})

describe('the table', () => {
  const promise = { name: 'drain', promised: 'exit | ≤ 10 s' }

  test('has a row a promise, and tells below what is broken and what could not be judged', () => {
    const text = printTable([
      { promise, sights: [held], seconds: 1 },
      { promise: { ...promise, name: 'deadline' }, sights: [broken, unjudged], seconds: 1 },
    ])
    expect(text).toBe(`| promise | what is promised | what was seen | holds |
| --- | --- | --- | --- |
| drain | exit \\| ≤ 10 s | p99: 8 ms (≤ 10 ms) | yes |
| deadline | exit \\| ≤ 10 s | p99: 12 ms (≤ 10 ms); p99: 12 ms (≤ 10 ms) | **NO** |

deadline: broken: p99: 12 ms, promised ≤ 10 ms
deadline: not judged: p99: 12 ms, promised ≤ 10 ms (others used 80 % of a core)`)
  })
})

describe('the options', () => {
  const known = ['drain', 'reload'].map((name): GatewayPromise => ({ name, promised: '', look: async () => [] }))

  test('choose promises by name, in the order of the table', () => {
    const { chosen, thoroughness, lenient } = readOptions(['--only', 'reload, drain', '--quick'], known)
    expect([chosen.map(({ name }) => name), thoroughness, lenient]).toEqual([['drain', 'reload'], 'quick', false])
  })

  test('refuse a name that is none', () => {
    expect(() => readOptions(['--only', 'drian'], known)).toThrow('no promise is called drian')
  })
})

test('every promise has a name of its own', () => {
  expect(new Set(promises.map(({ name }) => name)).size).toBe(16)
})

test('what a scene started is ended, the last first, also when the look fails', async () => {
  const ended: number[] = []
  const failing = withScene(
    'quick',
    () => {},
    async (scene) => {
      for (const index of [1, 2]) scene.whenDone(() => ended.push(index))
      throw new Error('the look failed')
    },
  )
  await expect(failing).rejects.toThrow('the look failed')
  expect(ended).toEqual([2, 1])
})

const obstacle = findObstacle()
if (obstacle !== undefined) console.warn(`no promise is looked at on a real process: ${obstacle}`)
const testOnLinux = obstacle === undefined ? test : test.skip

testOnLinux('a promise is looked at on a real gateway and backends of its own', async () => {
  const sights = await withScene(
    'quick',
    () => {},
    (scene) => truncation.look(scene),
  )
  expect(sights.map(({ seen, verdict }) => [seen, verdict])).toEqual(Array(2).fill(['0 of 50', 'holds']))
})
