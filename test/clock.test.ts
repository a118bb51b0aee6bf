import { mock } from 'node:test'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { Scope } from '../src/cancellation.ts'
import { systemClock } from '../src/clock.ts'
import type { GatewayError } from '../src/errors.ts'
import { type FaultPlace, onFault } from '../src/faults.ts'

const fault = new Error('ours')
const told: [unknown, FaultPlace][] = []
let stop = () => {}
beforeEach(() => {
  told.length = 0
  stop = onFault((thrown, place) => told.push([thrown, place]))
})
afterEach(() => stop())

describe('a timer of the system that throws', () => {
  const fail = () => {
    throw fault
  }

  test('ends what it belongs to', async () => {
    const scope = new Scope()
    const reason = new Promise<GatewayError>((resolve) => scope.onCancel(resolve))
    systemClock.schedule(1, fail, scope)
    expect((await reason).code).toBe('internal')
    expect(told).toEqual([[fault, 'timer']])
  })

  test('may be cancelled as ever', async () => {
    systemClock.schedule(1, fail, new Scope()).cancel()
    await new Promise<void>((resolve) => systemClock.schedule(5, resolve))
    expect(told).toEqual([])
  })
})

test('a timer of the system may wait longer than the platform’s can', () => {
  const dayMs = 86_400_000
  const longestMs = 2 ** 31 - 1
  mock.timers.enable({ apis: ['setTimeout', 'Date'] })
  try {
    let firedAt: number | undefined
    systemClock.schedule(60 * dayMs, () => (firedAt = Date.now()))
    const cancelled = systemClock.schedule(60 * dayMs, () => (firedAt = 0))
    mock.timers.tick(longestMs)
    cancelled.cancel()
    mock.timers.tick(longestMs)
    mock.timers.tick(60 * dayMs - 2 * longestMs - 1)
    expect(firedAt).toBeUndefined()
    mock.timers.tick(1)
    expect(firedAt).toBe(60 * dayMs)
  } finally {
    mock.timers.reset()
  }
})
