import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { compileBuilder } from '../../src/expressions/builder.ts'
import type { Document } from '../../src/expressions/document.ts'
import { compilePath, type Path } from '../../src/expressions/path.ts'

const document: Document = { request: {}, steps: {} }

/** Builds a body of locator → value. */
function build(values: Record<string, unknown>): unknown {
  const parts = Object.entries(values).map(([query, value]) => ({
    path: compilePath(query) as Path,
    read: () => value,
  }))
  const builder = compileBuilder(parts)
  if (typeof builder !== 'function') throw new Error(builder.message)
  return builder(document)
}

function faultOf(...queries: string[]) {
  const builder = compileBuilder(queries.map((query) => ({ path: compilePath(query) as Path, read: () => 1 })))
  if (typeof builder === 'function') throw new Error(`${queries} compiled`)
  return builder
}

describe('a body', () => {
  test('is built from its places', () => {
    expect(build({ '$.user.name': 'Ann', '$.items[0].id': 1, '$.items[1].id': 2, "$['x-y']": null })).toEqual({
      user: { name: 'Ann' },
      items: [{ id: 1 }, { id: 2 }],
      'x-y': null,
    })
    expect(build({ $: [1] })).toEqual([1])
    expect(build({ '$[0]': 'a', '$[1]': 'b' })).toEqual(['a', 'b'])
  })

  test('leaves out what is absent, and whatever it alone would have filled', () => {
    expect(build({ '$.user.name': undefined, '$.user.id': undefined, '$.x': 1 })).toEqual({ x: 1 })
    expect(build({ '$.a[0]': undefined, '$.a[1]': 'b', '$.a[2]': undefined })).toEqual({ a: [null, 'b'] })
    expect(build({ '$.a.b': undefined })).toEqual({})
    expect(build({ '$[0]': undefined })).toEqual([])
    expect(build({ $: undefined })).toBeUndefined()
    expect(build({})).toEqual({})
  })

  test('is a new one for every request', () => {
    const builder = compileBuilder([{ path: compilePath('$.a.b') as Path, read: () => 1 }])
    const make = builder as (document: Document) => { a: unknown }
    expect(make(document).a).not.toBe(make(document).a)
  })

  test('holds at each place what was put there', () => {
    const segment = fc.constantFrom('.a', '.b', '[0]', '[2]', "['c d']")
    const query = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => `$${segments.join('')}`)
    fc.assert(
      fc.property(fc.uniqueArray(query, { minLength: 1, maxLength: 5 }), (queries) => {
        const parts = queries.map((one, i) => ({ path: compilePath(one) as Path, read: () => i }))
        const builder = compileBuilder(parts)
        if (typeof builder !== 'function') return
        const body = builder(document)
        for (const [i, { path }] of parts.entries()) expect(path.evaluate(body)).toBe(i)
      }),
    )
  })
})

describe('locators that cannot be', () => {
  test.each([
    [['$.items[*].id'], 0],
    [['$', '$.x'], 1],
    [['$.x', '$'], 1],
    [['$.a', '$.a.b'], 1],
    [['$.a.b', '$.a'], 1],
    [['$.a[0]', '$.a.b'], 1],
    [['$.a', '$.a'], 1],
    [['$.a[-1]'], 0],
    [['$.a[100000000]'], 0],
    [["$.a['__proto__'].x"], 0],
  ])('%j are a fault of part %i', (queries, part) => {
    expect(faultOf(...queries)).toMatchObject({ code: 'invalid-locator', part, offset: 0 })
  })

  test('are named, both of them', () => {
    expect(faultOf('$.a.b', '$.x', '$.a').message).toBe('`$.a` and `$.a.b` cannot both be in one body')
  })
})
