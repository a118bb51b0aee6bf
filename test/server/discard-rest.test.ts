import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { discardRest } from '../../src/server/http/discard-rest.ts'

/** Timers in the place of Node's, which end when the returned function is called. */
function replaceTimers() {
  const { setTimeout, clearTimeout } = globalThis
  const timers = new Set<{ at: number; callback: () => void }>()
  let now = 0
  const schedule = (callback: () => void, ms: number) => {
    const refresh = () => {
      timer.at = now + ms
    }
    const timer = { at: now + ms, callback, refresh, unref: () => timer }
    timers.add(timer)
    return timer
  }
  Object.assign(globalThis, { setTimeout: schedule, clearTimeout: (timer: never) => timers.delete(timer) })
  return {
    pass(ms: number) {
      now += ms
      for (const { at, callback } of timers) if (at <= now) callback()
    },
    restore: () => void Object.assign(globalThis, { setTimeout, clearTimeout }),
  }
}

describe('what still comes when nobody wants it', () => {
  let time: ReturnType<typeof replaceTimers>
  let rest: PassThrough
  let over: number
  beforeEach(() => {
    time = replaceTimers()
    rest = new PassThrough()
    over = 0
    discardRest(rest, () => over++)
  })
  afterEach(() => time.restore())

  test('is waited for until it ends', () => {
    rest.emit('end')
    rest.emit('close')
    time.pass(60_000)
    expect(over).toBe(1)
  })

  test('is waited for five seconds while it is silent', () => {
    time.pass(4999)
    rest.emit('data', Buffer.from('x'))
    time.pass(4999)
    expect(over).toBe(0)
    time.pass(1)
    expect(over).toBe(1)
  })

  test('is waited for no longer than half a minute, however it goes on', () => {
    for (let second = 1; second < 30; second++) {
      time.pass(1000)
      rest.emit('data', Buffer.from('x'))
    }
    expect(over).toBe(0)
    time.pass(1000)
    expect(over).toBe(1)
  })
})
