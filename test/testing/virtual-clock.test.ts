import { describe, expect, test } from '@jest/globals'
import { VirtualClock } from '../../src/testing/virtual-clock.ts'

describe('virtual time', () => {
  test('jumps from timer to timer while there is work', async () => {
    const clock = new VirtualClock()
    const work = (async () => {
      const times: number[] = []
      for (const delayMs of [600_000, 1, 0]) {
        await new Promise<void>((resolve) => clock.schedule(delayMs, resolve))
        times.push(clock.now())
      }
      return times
    })()
    expect(await clock.passUntil(work, 1e9)).toEqual([600_000, 600_001, 600_001])
    expect(clock.epoch() - new VirtualClock().epoch()).toBe(600_001)
  })

  test('stands still while promises have something to do', async () => {
    const clock = new VirtualClock()
    let fired = false
    clock.schedule(1, () => {
      fired = true
    })
    const work = (async () => {
      for (let turn = 0; turn < 1000; turn++) await Promise.resolve()
      return fired
    })()
    expect(await clock.passUntil(work, 1e9)).toBe(false)
    expect(clock.now()).toBe(0)
  })

  test('fires timers in their order, those of one moment in the order they were set, and none that was cancelled', async () => {
    const clock = new VirtualClock()
    const fired: string[] = []
    clock.schedule(20, () => fired.push('c'))
    clock.schedule(10, () => {
      fired.push('a')
      clock.schedule(5, () => fired.push('a+5'))
    })
    clock.schedule(10, () => fired.push('b'))
    clock.schedule(12, () => fired.push('cancelled')).cancel()
    await clock.pass(20)
    expect([fired, clock.now()]).toEqual([['a', 'b', 'a+5', 'c'], 20])
  })

  test('stops in time: what is due later stays due', async () => {
    const clock = new VirtualClock()
    let fired = false
    clock.schedule(11, () => {
      fired = true
    })
    await clock.pass(10)
    expect([fired, clock.now()]).toEqual([false, 10])
    await clock.pass(1)
    expect(fired).toBe(true)
  })

  test('gives up on work that nothing will end, and on work that does not end in time', async () => {
    const clock = new VirtualClock()
    await expect(clock.passUntil(new Promise(() => {}), 1000)).rejects.toThrow('never comes')
    const tick = () => void clock.schedule(400, tick)
    tick()
    await expect(clock.passUntil(new Promise(() => {}), 1000)).rejects.toThrow('not ended after 1000 ms')
  })

  test('throws what the work throws', async () => {
    await expect(new VirtualClock().passUntil(Promise.reject(new Error('no')), 1)).rejects.toThrow('no')
  })
})
