import { connect } from 'node:net'
import { describe, expect, test } from '@jest/globals'
import { wasNeverSent } from '../../src/calls/never-sent.ts'
import { GatewayError } from '../../src/errors.ts'

describe('whether a request was sent', () => {
  const unavailable = (cause: unknown) => wasNeverSent(new GatewayError('unavailable', { cause }))

  test('is certain where the connection was refused', async () => {
    const refused = await new Promise((resolve) => connect(1, '127.0.0.1').on('error', resolve))
    expect(unavailable(refused)).toBe(true)
  })

  test('is not where it was reset', () => {
    expect(unavailable(Object.assign(new Error(), { code: 'ECONNRESET' }))).toBe(false)
    expect(unavailable(undefined)).toBe(false)
    expect(wasNeverSent(new GatewayError('timeout'))).toBe(false)
  })
})
