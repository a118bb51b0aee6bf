import { connect } from 'node:net'
import { describe, expect, test } from '@jest/globals'
import { judge, judgePassthrough, wasNeverSent } from '../../src/backends/blame.ts'
import { GatewayError } from '../../src/errors.ts'

describe('the verdict on an endpoint', () => {
  test.each([
    ['timeout', undefined, 'failed'],
    ['unavailable', undefined, 'failed'],
    ['invalid-response', 200, 'failed'],
    ['http-500', 500, 'failed'],
    ['http-429', 429, 'failed'],
    ['http-408', 408, 'failed'],
    ['http-404', 404, 'well'],
    ['product-missing', 404, 'well'],
    ['cancelled', undefined, 'nothing'],
    ['overloaded', undefined, 'nothing'],
    ['missing-input', undefined, 'nothing'],
  ])('%s with status %s: %s', (code, status, verdict) => {
    const response = status === undefined ? undefined : { status, body: undefined }
    expect(judge(new GatewayError(code, { response }))).toBe(verdict)
  })

  test('of a passthrough is by its status', () => {
    expect([200, 404, 429, 503].map((status) => judgePassthrough(status, undefined))).toEqual([
      'well',
      'well',
      'failed',
      'failed',
    ])
    expect(judgePassthrough(undefined, 'cancelled')).toBe('nothing')
    expect(judgePassthrough(undefined, 'timeout')).toBe('failed')
  })
})

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
