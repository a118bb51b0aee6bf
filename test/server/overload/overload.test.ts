import { beforeEach, describe, expect, test } from '@jest/globals'
import { priorities } from '../../../src/admission/policy.ts'
import type { Call, CallContext, CallResponse } from '../../../src/calls/call.ts'
import type { OverloadPolicy } from '../../../src/config/admission.ts'
import { Overload } from '../../../src/server/overload/overload.ts'
import { BusyLoop, send } from '../../support/busy-loop.ts'
import { afterTest } from '../../support/cleanup.ts'

const [critical, high, normal, low] = priorities.map((_name, priority) => priority) as [number, number, number, number]
/** A hundred fit into a second. */
const takesMs = 10

let loop: BusyLoop
let heap: number
let policy: OverloadPolicy | undefined
let told: boolean[]
let cuts: number[]

beforeEach(() => {
  loop = new BusyLoop()
  heap = 0.2
  policy = { loopDelayMs: 50, heap: 0.9 }
  told = []
  cuts = []
})

function watch(): Overload {
  const overload = new Overload({
    clock: loop,
    policy: () => policy,
    random: () => 0.5,
    heapUse: () => heap,
    onCut: (classes) => void cuts.push(classes),
    onChange: (isShedding) => void told.push(isShedding),
  })
  afterTest(() => overload.close())
  return overload
}

const never = () => {
  throw new Error('refused')
}

const shedBy = (overload: Overload) => [critical, high, normal, low].filter((priority) => overload.sheds(priority))

/** Every timer comes so late. */
async function lag(ms: number, times: number): Promise<void> {
  for (let time = 0; time < times; time++) {
    loop.work(25 + ms)
    await loop.turn()
  }
}

describe('a process with more to do than it can', () => {
  test('answers as many as it can, those in time, and sheds the rest', async () => {
    const overload = watch()
    await send(loop, overload, { forMs: 2000, perSecond: [0, 0, 300, 0], takesMs })
    const { answered, shed, waitedMs, turnMs } = await send(loop, overload, {
      forMs: 5000,
      perSecond: [0, 0, 300, 0],
      takesMs,
    })
    expect(answered[normal]).toBeGreaterThan(480)
    expect(shed[normal]).toBeGreaterThan(900)
    expect(waitedMs[normal]).toBeLessThan(200)
    expect(turnMs).toBeLessThanOrEqual(3 * takesMs)
    expect([told, cuts.at(-1)! > 0.5, cuts.at(-1)! < 0.8]).toEqual([[true], true, true])
  })

  test('sheds the lowest class first, then the next, and never the first', async () => {
    const overload = watch()
    const mixed = async (perSecond: number[]) => {
      await send(loop, overload, { forMs: 3000, perSecond, takesMs })
      const { answered, shed } = await send(loop, overload, { forMs: 3000, perSecond, takesMs })
      return answered.map((count, priority) => Math.round((10 * count) / (count + shed[priority]! || 1)) / 10)
    }
    expect(await mixed([0, 40, 40, 100])).toEqual([0, 1, 1, 0.2])
    expect(await mixed([0, 40, 120, 100])).toEqual([0, 1, 0.5, 0])
    const [first] = await mixed([150, 40, 40, 40])
    expect(first).toBe(1)
    const { refused, answered } = await send(loop, overload, { forMs: 3000, perSecond: [0, 150, 0, 10], takesMs })
    expect([answered[low]! + refused[low]! > 0, refused[critical]]).toEqual([true, 0])
  })

  test('serves a burst, late', async () => {
    const overload = watch()
    await lag(40, 1)
    const burst = await send(loop, overload, { forMs: 100, perSecond: [0, 0, 300, 0], takesMs })
    const rest = await send(loop, overload, { forMs: 1000, perSecond: [0, 0, 60, 0], takesMs })
    expect([burst.shed[normal], rest.shed[normal], told]).toEqual([0, 0, []])
  })

  test('is not seen in pauses, however long, nor in what they made wait', async () => {
    const overload = watch()
    for (let pause = 0; pause < 5; pause++) {
      loop.work(1000)
      const { shed } = await send(loop, overload, { forMs: 500, perSecond: [0, 0, 50, 0], takesMs })
      expect(shed[normal]).toBe(0)
    }
    await lag(80, 100)
    expect([overload.isBusy, shedBy(overload), told]).toEqual([true, [], []])
    await lag(0, 50)
    expect(overload.isBusy).toBe(false)
  })

  test('sheds until the last that was too many is a second ago', async () => {
    const overload = watch()
    await send(loop, overload, { forMs: 2000, perSecond: [0, 0, 300, 0], takesMs })
    await send(loop, overload, { forMs: 3000, perSecond: [0, 0, 50, 0], takesMs })
    expect([overload.isBusy, told, cuts.at(-1)]).toEqual([false, [true, false], 0])
  })

  test('is nothing to a configuration without it', async () => {
    policy = undefined
    const overload = watch()
    const { answered, shed } = await send(loop, overload, { forMs: 1000, perSecond: [0, 0, 300, 0], takesMs })
    expect([answered[normal]! > 50, shed[normal], overload.isBusy]).toEqual([true, 0, false])
  })

  test('lets what waits go on when the configuration has it no more', async () => {
    const overload = watch()
    await lag(80, 3)
    const begun: number[] = []
    for (let request = 0; request < 5; request++) {
      overload.begin(
        normal,
        () => {
          begun.push(request)
          loop.work(takesMs)
        },
        never,
      )
    }
    policy = undefined
    for (let turn = 0; turn < 10; turn++) await loop.turn()
    expect([begun, overload.isBusy]).toEqual([[0, 1, 2, 3, 4], false])
  })
})

test('what was begun goes before what was not', async () => {
  const overload = watch()
  const seen: string[] = []
  const waiting = Promise.withResolvers<CallResponse>()
  const call: Call = () => waiting.promise
  const calls = [call]
  const [paced] = overload.pace(calls)
  expect(overload.pace(calls)[0]).toBe(paced)
  const ended = paced!({} as CallContext).then(() => seen.push('begun'))
  overload.begin(
    normal,
    () => {
      seen.push('first')
      loop.work(takesMs)
    },
    never,
  )
  overload.begin(low, () => void seen.push('low'), never)
  overload.begin(normal, () => void seen.push('second'), never)
  overload.begin(critical, () => void seen.push('critical'), never)
  waiting.resolve({ status: 200 } as CallResponse)
  await loop.turn()
  await ended
  await loop.turn()
  expect(seen).toEqual(['first', 'begun', 'critical', 'second', 'low'])
})

test('a full heap sheds the lowest class first', async () => {
  const overload = watch()
  heap = 0.95
  await lag(0, 60)
  expect([overload.isBusy, shedBy(overload)]).toEqual([true, [low]])
  await lag(0, 200)
  expect(shedBy(overload)).toEqual([high, normal, low])
  heap = 0.5
  await lag(0, 250)
  expect([overload.isBusy, shedBy(overload), told]).toEqual([false, [], [true, false]])
})
