import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { GatewayError } from '../src/errors.ts'
import { mask, maskMessage, maskQuery, maskUrl } from '../src/redaction.ts'
import { maskFields } from '../src/telemetry/masking.ts'

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

describe('a message of the platform', () => {
  const value = 'hush-value'
  const messageOf = (act: () => unknown): Error => {
    try {
      act()
    } catch (thrown) {
      return thrown as Error
    }
    throw new Error('it did not fail')
  }
  const around = fc.constantFrom('', "'", '"', '`', '/', ': ', ' in ', ' to ', 'Received ', '\n    at x (y:1:1)', '{')
  const texts = fc.tuple(around, around).map(([before, behind]) => `${before}${value}${behind}`)
  const ways: Record<string, (text: string) => unknown> = {
    JSON: (text) => JSON.parse(`?${text}`),
    'JSON that ends early': (text) => JSON.parse(`{"a": ${JSON.stringify(text)}`),
    'JSON around it': (text) => JSON.parse(`[1, 2, ${JSON.stringify(text)} x`),
    'a member of a text': (text) => {
      ;(text as unknown as { a: number }).a = 1
    },
    '`in` on a text': (text) => 'a' in (text as unknown as object),
    'a name in a text': (text) => text in ('a' as unknown as object),
    'a BigInt': (text) => BigInt(`${text}x`),
    'a regular expression': (text) => new RegExp(`(${text}`),
    'a member that is no function': (text) => (({}) as Record<string, () => void>)[text]!(),
    'a member of nothing': (text) => (undefined as unknown as Record<string, string>)[text],
    'a URL': (text) => new URL(`::${text}`),
    'a header': (text) => new Headers({ [`${text}\n`]: text }),
    'a time zone': (text) => new Intl.DateTimeFormat('en', { timeZone: text }),
    'an argument': (text) => Buffer.from(1 as never, text as never),
    'an option': (text) => Buffer.alloc(1).readUInt8(text as never),
    'an encoding': (text) => new TextDecoder(text),
    'a currency': (text) => new Intl.NumberFormat('en', { style: 'currency', currency: text }),
  }

  test.each(Object.entries(ways))('tells nothing of a value, nor does its stack: %s', (_, act) => {
    fc.assert(
      fc.property(texts, (text) => {
        const told = JSON.stringify(maskFields({ err: messageOf(() => act(text)) }))
        expect(told).not.toContain(value)
        expect(told).toMatch(/"stack":"\w*Error: .*redaction\.test/)
      }),
    )
  })

  test('that the system says keeps paths and addresses', () => {
    const error = messageOf(() => readFileSync('/nowhere/at/all'))
    expect(maskMessage(error)).toBe("ENOENT: no such file or directory, open '/nowhere/at/all'")
  })

  test('of an error of a route is its code: what it says may be made of colors', () => {
    const told = JSON.stringify(maskFields({ err: new GatewayError('mine', { title: value, detail: value }) }))
    expect(told).toContain('"message":"mine"')
    expect(told).not.toContain(value)
  })
})

describe('a URL that is told', () => {
  test.each([
    ['redis://ann:hush@cache:6379/1?x=hush#hush', 'redis://cache:6379/1'],
    ['http://ann:hush@shop/v1', 'http://shop/v1'],
    ['http://shop:9001', 'http://shop:9001'],
    ['//ann:hush@shop:9/x?hush', '//…@shop:9/x'],
    ['ann:hush@shop', '…@shop'],
  ])('is without credentials, query and fragment: %s', (text, told) => expect(maskUrl(text)).toBe(told))

  test('has the names of its query', () => {
    expect(maskQuery('/a/hush?q=hush&r=hush=hush&s')).toBe('?q=REDACTED&r=REDACTED&s')
    expect(maskQuery('/a/hush')).toBe('')
  })
})
