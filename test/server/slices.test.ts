import { expect, test } from '@jest/globals'
import type { Work } from '../../src/plan/work.ts'
import { runInSlices } from '../../src/server/lifecycle/slices.ts'

test('lets the event loop turn while work goes on, and gives what it comes to', async () => {
  let turns = 0
  let isOver = false
  const turn = () => {
    turns += 1
    if (!isOver) setImmediate(turn)
  }
  setImmediate(turn)
  const between: number[] = []
  function* work(): Work<string> {
    for (let step = 0; step < 20; step += 1) {
      const end = performance.now() + 2
      while (performance.now() < end);
      between.push(turns)
      yield
    }
    return 'done'
  }
  expect(await runInSlices(work())).toBe('done')
  isOver = true
  expect(new Set(between).size).toBeGreaterThan(5)
})

test('rejects with what a step throws', async () => {
  function* work(): Work<void> {
    yield
    throw new Error('a bug')
  }
  await expect(runInSlices(work())).rejects.toThrow('a bug')
})
