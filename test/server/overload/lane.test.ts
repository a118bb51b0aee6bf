import { expect, test } from '@jest/globals'
import { Lane } from '../../../src/server/overload/lane.ts'

const allowedMs = 50
const probeMs = 25

/** A lane as the probes of an event loop see it. */
function createScene() {
  const lane = new Lane()
  let nowMs = 0
  return {
    lane,
    come(count: number) {
      for (let one = 0; one < count; one++) {
        lane.push({ sinceMs: nowMs, begin() {}, refuse() {} })
      }
    },
    look(begun: number, elapsedMs = probeMs) {
      for (let one = 0; one < begun; one++) lane.shift()
      nowMs += elapsedMs
      lane.endWindow(nowMs, elapsedMs, allowedMs)
    },
    sheds: () => lane.sheds(nowMs, allowedMs),
  }
}

test('what gathered in a pause of the process is served, though hardly anything began in it', () => {
  const { come, look, sheds } = createScene()
  come(120)
  look(3, 400)
  for (let probe = 0; probe < 4; probe++) {
    expect(sheds()).toBe(false)
    come(25)
    look(50)
  }
})

test('a queue that does not come down is shed from, and a short one is not', () => {
  const { come, look, sheds, lane } = createScene()
  const shedAt: number[] = []
  for (let probe = 0; probe < 12; probe++) {
    if (sheds()) shedAt.push(probe)
    else come(75)
    look(25)
  }
  expect(shedAt[0]).toBeGreaterThan(3)
  expect(lane.isOverloaded).toBe(true)
  while (lane.length > 20) look(25)
  expect(sheds()).toBe(false)
})
