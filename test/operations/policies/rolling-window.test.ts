import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { RollingWindow } from '../../../src/operations/policies/breaker/rolling-window.ts'

describe('a rolling window', () => {
  test('counts what a list of all calls would, to a tenth of the window', () => {
    const call = fc.record({ wait: fc.integer({ min: 0, max: 700 }), isFailure: fc.boolean() })
    fc.assert(
      fc.property(fc.array(call, { maxLength: 200 }), (calls) => {
        const window = new RollingWindow(1000, 50)
        let now = 50
        const told: { bucket: number; isFailure: boolean }[] = []
        for (const { wait, isFailure } of calls) {
          now += wait
          window.count(now, isFailure)
          told.push({ bucket: Math.floor((now - 50) / 100), isFailure })
          const latest = told.at(-1)!.bucket
          const inside = told.filter(({ bucket }) => bucket > latest - 10)
          expect(window.calls).toBe(inside.length)
          expect(window.failures).toBe(inside.filter((one) => one.isFailure).length)
        }
      }),
    )
  })

  test('begins anew when it is cleared', () => {
    const window = new RollingWindow(1000, 0)
    window.count(0, true)
    window.clear()
    window.count(5000, true)
    expect([window.calls, window.failures]).toEqual([1, 1])
  })
})
