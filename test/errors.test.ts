import { expect, test } from '@jest/globals'
import { GatewayError } from '../src/errors.ts'

test('a failure that is no fault of ours takes no stack, and leaves those of others as they are', () => {
  const failure = new GatewayError('timeout', { detail: 'no answer within 300 ms' })
  expect(failure.stack).toBe('GatewayError: no answer within 300 ms')
  expect(new GatewayError('internal').stack).toMatch(/\n +at .*errors\.test/)
  expect(new Error('later').stack).toMatch(/\n +at .*errors\.test/)
})
