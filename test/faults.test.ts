import { afterEach, describe, expect, test } from '@jest/globals'
import { contained, type FaultPlace, onFault } from '../src/faults.ts'

const told: [unknown, FaultPlace][] = []
let stop = onFault((thrown, place) => told.push([thrown, place]))

afterEach(() => {
  told.length = 0
  stop()
  stop = onFault((thrown, place) => told.push([thrown, place]))
})

/** With what it was ended, each time. */
function ownerNotingEnds() {
  const ends: unknown[][] = []
  return { ends, destroy: (...args: unknown[]) => void ends.push(args) }
}

describe('a callback that is contained', () => {
  test('gets what it is called with, and on what', () => {
    const calls: unknown[] = []
    const owner = ownerNotingEnds()
    contained('request', undefined, function (this: unknown, ...args: unknown[]) {
      calls.push([this === owner, ...args])
    }).call(owner, 1, 'two')
    expect([calls, told, owner.ends]).toEqual([[[true, 1, 'two']], [], []])
  })

  test('ends its owner when it throws, and is told of', () => {
    const owner = ownerNotingEnds()
    const fault = new Error('ours')
    const callback = contained('timer', owner, () => {
      throw fault
    })
    expect(() => callback()).not.toThrow()
    expect([told, owner.ends]).toEqual([[[fault, 'timer']], [[]]])
  })

  test('ends what it was called on when it has no owner', () => {
    const emitter = ownerNotingEnds()
    contained('response', undefined, () => {
      throw new Error('ours')
    }).call(emitter)
    expect(emitter.ends).toHaveLength(1)
  })

  test('throws on where nobody listens', () => {
    stop()
    const owner = ownerNotingEnds()
    const callback = contained('timer', owner, () => {
      throw new Error('ours')
    })
    expect(() => callback()).toThrow('ours')
  })
})
