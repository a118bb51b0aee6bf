import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
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
  jest.useFakeTimers({ now: 0 })
  try {
    let firedAt: number | undefined
    systemClock.schedule(60 * dayMs, () => (firedAt = Date.now()))
    const cancelled = systemClock.schedule(60 * dayMs, () => (firedAt = 0))
    jest.advanceTimersByTime(30 * dayMs)
    cancelled.cancel()
    expect(firedAt).toBeUndefined()
    jest.advanceTimersByTime(30 * dayMs)
    expect(firedAt).toBe(60 * dayMs)
  } finally {
    jest.useRealTimers()
  }
})
