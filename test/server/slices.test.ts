import { setImmediate as turned } from 'node:timers/promises'
import { describe, expect, test } from '@jest/globals'
import type { Work } from '../../src/plan/work.ts'
import { runInSlices } from '../../src/server/lifecycle/slices.ts'
import { Overload } from '../../src/server/overload/overload.ts'
import { BusyLoop } from '../support/busy-loop.ts'
import { afterTest } from '../support/cleanup.ts'

/** Steps that take so long each. */
function* takeSteps(loop: BusyLoop, steps: number, stepMs: number): Work<string> {
  for (let step = 0; step < steps; step++) {
    loop.work(stepMs)
    yield
  }
  return 'done'
}

/** Each turn of the loop has so much to do besides; gives the turns that went by, and how long it all took. */
async function runBeside(otherMs: (turn: number) => number, steps: number, stepMs: number) {
  const loop = new BusyLoop()
  const beganAt = loop.now()
  let turns = 0
  let isOver = false
  const running = runInSlices(takeSteps(loop, steps, stepMs), () => loop.now()).finally(() => {
    isOver = true
  })
  while (!isOver) {
    loop.work(otherMs(turns++))
    await loop.turn()
  }
  expect(await running).toBe('done')
  return { turns, tookMs: loop.now() - beganAt }
}

describe('work in slices', () => {
  test('goes on after every turn in which nobody else had something to do', async () => {
    const { turns, tookMs } = await runBeside(() => 0, 100, 2)
    expect(turns).toBeGreaterThanOrEqual(50)
    expect(tookMs).toBe(200)
  })

  test('takes a tenth of a loop that is never idle, and ends', async () => {
    const { tookMs } = await runBeside(() => 8, 100, 2)
    expect(tookMs).toBeGreaterThan(1800)
    expect(tookMs).toBeLessThan(2800)
  })

  test('waits for those who come in bursts, and no longer', async () => {
    const { tookMs } = await runBeside((turn) => (turn % 3 === 0 ? 8 : 0), 100, 2)
    expect(tookMs).toBeLessThan(700)
  })

  test('rejects with what a step throws', async () => {
    function* work(): Work<void> {
      yield
      throw new Error('a bug')
    }
    await expect(runInSlices(work())).rejects.toThrow('a bug')
  })

  test('lets the process serve those whom it could serve without it: none is shed', async () => {
    const loop = new BusyLoop()
    const overload = new Overload({ clock: loop, policy: () => ({ loopDelayMs: 50, heap: 0.9 }), heapUse: () => 0.2 })
    afterTest(() => overload.close())
    let [answered, shed, reloads, atRest] = [0, 0, 0, 16]
    const isOver = () => loop.now() > 5000
    const reload = async () => {
      for (; !isOver(); reloads++) {
        for (let file = 0; file < 4; file++) await turned()
        await runInSlices(takeSteps(loop, 6, 15), () => loop.now())
      }
    }
    /** Of clients that ask again as soon as they are answered. */
    const ask = () => {
      atRest--
      const answer = () => {
        loop.work(6)
        answered++
        atRest++
      }
      const refuse = () => {
        shed++
        atRest++
      }
      if (!overload.isBusy) answer()
      else if (overload.sheds(2)) refuse()
      else overload.begin(2, answer, refuse)
    }
    const reloading = reload()
    while (!isOver()) {
      for (let count = atRest; count > 0; count--) ask()
      await loop.turn()
    }
    await reloading
    expect([shed, answered > 500, reloads > 2]).toEqual([0, true, true])
  })
})
