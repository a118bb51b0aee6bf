import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { mask } from '../../src/telemetry/masking.ts'

describe('a masked value', () => {
  test('that is public or internal is itself', () => {
    const value = { a: 1 }
    expect(mask(value, 'public')).toBe(value)
    expect(mask(value, 'internal')).toBe(value)
  })

  test('that is secret says nothing, not even whether two are equal', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => value === null || mask(value, 'secret') === '***'))
  })

  test('that is personal is equal exactly where the value is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        fc.pre(one !== null && other !== null)
        const isEqual = JSON.stringify(one) === JSON.stringify(other)
        expect(mask(one, 'pii')).toMatch(/^pii:[0-9a-f]{8}$/)
        expect(mask(one, 'pii')).toBe(mask(structuredClone(one), 'pii'))
        if (!isEqual && typeof one === typeof other) expect(mask(one, 'pii')).not.toBe(mask(other, 'pii'))
      }),
    )
  })

  test('that is absent stays absent', () => {
    expect(mask(undefined, 'secret')).toBeUndefined()
    expect(mask(null, 'pii')).toBeNull()
  })
})
