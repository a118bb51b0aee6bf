import { afterEach, describe, expect, jest, test } from '@jest/globals'
import { contained, type FaultPlace, onFault } from '../src/faults.ts'

const told: [unknown, FaultPlace][] = []
let stop = onFault((thrown, place) => told.push([thrown, place]))

afterEach(() => {
  told.length = 0
  stop()
  stop = onFault((thrown, place) => told.push([thrown, place]))
})

describe('a callback that is contained', () => {
  test('gets what it is called with, and on what', () => {
    const callback = jest.fn(function (this: unknown, ..._args: unknown[]) {
      expect(this).toBe(owner)
    })
    const owner = { destroy: jest.fn() }
    contained('request', undefined, callback).call(owner, 1, 'two')
    expect(callback).toHaveBeenCalledWith(1, 'two')
    expect([told, owner.destroy.mock.calls]).toEqual([[], []])
  })

  test('ends its owner when it throws, and is told of', () => {
    const owner = { destroy: jest.fn() }
    const fault = new Error('ours')
    const callback = contained('timer', owner, () => {
      throw fault
    })
    expect(() => callback()).not.toThrow()
    expect([told, owner.destroy.mock.calls]).toEqual([[[fault, 'timer']], [[]]])
  })

  test('ends what it was called on when it has no owner', () => {
    const emitter = { destroy: jest.fn() }
    contained('response', undefined, () => {
      throw new Error('ours')
    }).call(emitter)
    expect(emitter.destroy).toHaveBeenCalledTimes(1)
  })

  test('throws on where nobody listens', () => {
    stop()
    const owner = { destroy: jest.fn() }
    const callback = contained('timer', owner, () => {
      throw new Error('ours')
    })
    expect(() => callback()).toThrow('ours')
  })
})
