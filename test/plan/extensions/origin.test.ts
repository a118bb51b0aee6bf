import { expect, test } from '@jest/globals'
import { refusePromise } from '../../../src/plan/extensions/origin.ts'

test('a promise is refused, and its rejection is nobody’s to deal with', async () => {
  const rejections: unknown[] = []
  const note = (reason: unknown) => rejections.push(reason)
  process.on('unhandledRejection', note)
  try {
    expect(() => refusePromise(Promise.reject(new Error('late')))).toThrow('it gives a promise')
    await new Promise((resolve) => setImmediate(resolve))
    expect(rejections).toEqual([])
  } finally {
    process.off('unhandledRejection', note)
  }
  expect(refusePromise('value')).toBe('value')
})
