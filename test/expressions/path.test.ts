import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { JSONPathEnvironment, type JSONValue } from 'json-p3'
import type { Fault } from '../../src/diagnostics/collector.ts'
import { GatewayError } from '../../src/errors.ts'
import { compilePath, isPath, type Path } from '../../src/expressions/path.ts'

function pathOf(query: string): Path {
  const path = compilePath(query)
  if ('code' in path) throw new Error(`${query}: ${path.message}`)
  return path
}

function faultOf(query: string): Fault {
  const path = compilePath(query)
  if (!('code' in path)) throw new Error(`${query} compiled`)
  return path
}

const read = (query: string, document: unknown) => pathOf(query).evaluate(document)

interface ComplianceCase {
  name: string
  selector: string
  document?: unknown
  result?: unknown[]
  results?: unknown[][]
  invalid_selector?: boolean
}

describe('the compliance suite of RFC 9535', () => {
  const file = '../shared/conformance/jsonpath-cts.json'
  if (!existsSync(file)) {
    console.warn(`skipped: ${file} is missing`)
    test.skip('is not here', () => {})
    return
  }
  const { tests } = JSON.parse(readFileSync(file, 'utf8')) as { tests: ComplianceCase[] }

  test('has all of its 703 cases', () => {
    expect(tests).toHaveLength(703)
  })

  test('is passed whole', () => {
    const failed = tests.filter((one) => !passes(one)).map((one) => one.name)
    expect(failed).toEqual([])
  })

  function passes({ selector, document, result, results, invalid_selector }: ComplianceCase): boolean {
    const path = compilePath(selector)
    if (invalid_selector) return 'code' in path
    if ('code' in path) return false
    const value = path.evaluate(document)
    const found = path.singular ? (value === undefined ? [] : [value]) : value
    return [result, ...(results ?? [])].some((wanted) => wanted && JSON.stringify(wanted) === JSON.stringify(found))
  }
})

describe('a singular path', () => {
  const document = { user: { id: 'u1', nick: null, tags: ['a', 'b'] } }

  test('gives the value, and undefined where there is nothing', () => {
    expect(read('$', document)).toBe(document)
    expect(read('$.user.id', document)).toBe('u1')
    expect(read('$.user.nick', document)).toBeNull()
    expect(read('$.user.absent', document)).toBeUndefined()
    expect(read('$.user.nick.deeper', document)).toBeUndefined()
    expect(read('$.a.b.c.d.e', { a: { b: { c: { d: { e: 5 } } } } })).toBe(5)
  })

  test('takes a hyphen in a name, as headers have them', () => {
    expect(read('$.headers.x-user-id', { headers: { 'x-user-id': 'u1' } })).toBe('u1')
  })

  test('counts a negative index from the end', () => {
    expect(read('$.user.tags[-1]', document)).toBe('b')
    expect(read('$.user.tags[-3]', document)).toBeUndefined()
  })

  test.each(['constructor', 'toString', '__proto__', 'length', 'hasOwnProperty', 'at'])(
    'does not see `%s` where nobody put it',
    (name) => {
      for (const value of [{}, [], [1, 2], 'text', 7, null, Object.create(null)])
        expect(read(`$.it['${name}']`, { it: value })).toBeUndefined()
    },
  )

  test('sees own properties even under inherited names', () => {
    const own = JSON.parse('{"constructor":1,"__proto__":2,"length":3}')
    expect(read('$.constructor', own)).toBe(1)
    expect(read('$.__proto__', own)).toBe(2)
    expect(read('$.length', own)).toBe(3)
  })

  test('tells its names and indexes', () => {
    expect(pathOf("$.user['tags'][0]")).toMatchObject({ singular: true, prefix: ['user', 'tags', 0] })
    expect(pathOf('$.product.list[*].id')).toMatchObject({ singular: false, prefix: ['product', 'list'] })
    expect(pathOf('$..id')).toMatchObject({ singular: false, prefix: [] })
    expect(pathOf('$.a[0,1].b')).toMatchObject({ singular: false, prefix: ['a'] })
  })

  test('never throws, whatever the document', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        pathOf('$.a.b[0].constructor').evaluate(value)
      }),
    )
  })
})

describe('any other path', () => {
  test('gives an array in the order of the document', () => {
    const document = { items: [{ id: 1 }, { name: 'no id' }, { id: 3 }] }
    expect(read('$.items[*].id', document)).toEqual([1, 3])
    expect(read('$.items[::-1].id', document)).toEqual([3, 1])
    expect(read('$.nothing[*]', document)).toEqual([])
    expect(read('$..id', document)).toEqual([1, 3])
    expect(read('$.items[?@.id > 1].id', document)).toEqual([3])
  })

  test('tells what absolute queries inside its filters read', () => {
    const path = pathOf('$.items[?@.id == $.user.id && @.shop != $.geo.shop].name')
    expect(path.reads).toEqual([['items'], ['user', 'id'], ['geo', 'shop']])
    expect(path.evaluate({ items: [{ id: 1, name: 'a' }], user: { id: 1 }, geo: { shop: 2 } })).toEqual(['a'])
  })

  test('leaves out members that are undefined', () => {
    const document = { user: { id: undefined, name: 'x' } }
    expect(read('$.user.*', document)).toEqual(['x'])
    expect(read('$..*', document)).toEqual([document.user, 'x'])
  })

  const name = fc.constantFrom('a', 'b', 'constructor', 'length')
  const integer = fc.integer({ min: -4, max: 4 })
  const bound = fc.option(integer, { nil: '' })
  const slice = fc.tuple(bound, bound, bound).map((parts) => parts.join(':'))
  const selector = fc.oneof(
    name.map((text) => `'${text}'`),
    integer.map(String),
    fc.constant('*'),
    slice,
  )
  const segment = fc.array(selector, { minLength: 1, maxLength: 2 }).map((selectors) => `[${selectors.join(',')}]`)
  const query = fc.array(segment, { maxLength: 4 }).map((segments) => `$${segments.join('')}`)
  const { document } = fc.letrec<{ document: unknown }>((tie) => ({
    document: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(0, 'text', null, true),
      fc.array(tie('document'), { maxLength: 5 }),
      fc.dictionary(name, tie('document')),
    ),
  }))

  test('reads by our own engine what json-p3 reads', () => {
    const reference = new JSONPathEnvironment()
    fc.assert(
      fc.property(query, document, (text, value) => {
        const path = pathOf(text)
        const found = path.evaluate(value)
        const wanted = reference.query(text, value as JSONValue).values()
        expect(path.singular ? (found === undefined ? [] : [found]) : found).toEqual(wanted)
      }),
      { numRuns: 500 },
    )
  })
})

describe('the extensions of jsonpath-plus', () => {
  const document = { shop: { items: [{ id: 1, tag: 'x' }, { id: 'two' }] } }

  test('go to the parent, to property names, and by type', () => {
    expect(read('$.shop.items[*].tag^', document)).toEqual([{ id: 1, tag: 'x' }])
    expect(read('$.shop.items[0].*~', document)).toEqual(['id', 'tag'])
    expect(read('$.shop.items[*].id@string()', document)).toEqual(['two'])
    expect(read('$..id@number()', document)).toEqual([1])
  })

  test('are no reason to read a name in quotes otherwise', () => {
    expect(read("$['a^b']", { 'a^b': 1 })).toBe(1)
    expect(read("$['a~']^", { 'a~': 1 })).toEqual([{ 'a~': 1 }])
  })

  test('tell where they begin to look', () => {
    expect(pathOf('$.shop.items[*]^').prefix).toEqual(['shop'])
    expect(pathOf('$.shop.items@array()').prefix).toEqual(['shop', 'items'])
  })

  test.each(['$.a[?(@.b)]^', '$.a[(@.length-1)]', '$.a[?(process.exit())]~', '$.a[-1]^', '$.a@evil()', '$.a^[?@.b]'])(
    'never run code: %s',
    (query) => {
      expect(faultOf(query).code).toBe('invalid-jsonpath')
    },
  )
})

describe('a query that is wrong', () => {
  test('is a fault with its place and, where one can tell, a hint', () => {
    expect(faultOf('$.items.0.id')).toMatchObject({
      code: 'invalid-jsonpath',
      offset: 8,
      help: 'this goes in brackets: `$.items[0]`',
    })
    expect(faultOf('$.a.2nd').help).toBe("this goes in brackets: `$.a['2nd']`")
    expect(faultOf('$.items.[0]').help).toBe('leave out the dot before the bracket')
    expect(faultOf('$.items[?@.a = 1]').help).toBe('a filter compares with `==`')
    expect(faultOf('$.items[').offset).toBeLessThan(9)
  })

  test('always has its offset inside the query', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...`$.[]*'"?@()&|=<>!:,-0a ^~`) }), (text) => {
        const path = compilePath(`$${text}`)
        if (!('code' in path)) return
        expect(path.offset).toBeGreaterThanOrEqual(0)
        expect(path.offset + path.length).toBeLessThanOrEqual(text.length + 1)
        expect(path.message).not.toContain('\n')
      }),
      { numRuns: 1000 },
    )
  })

  test('is a fault however deep or long', () => {
    expect(faultOf(`$[?${'('.repeat(1500)}@.a`).code).toBe('invalid-jsonpath')
    expect(faultOf(`$${'.a'.repeat(5000)}`).code).toBe('invalid-jsonpath')
  })

  test('may not hold a pattern that is not linear', () => {
    expect(faultOf("$.items[?match(@.name, '(a+)+')]")).toMatchObject({ code: 'unsafe-pattern', offset: 24 })
    expect(faultOf("$.items[?!(@.x && search(@.name, 'a.*b'))]").code).toBe('unsafe-pattern')
    expect(faultOf("$.items[?match(@.name, '[')]").code).toBe('invalid-jsonpath')
  })
})

describe('a hostile document', () => {
  test('that is nested too deeply fails the request, not the process', () => {
    let deep: unknown = 1
    for (let i = 0; i < 200_000; i++) deep = [deep]
    for (const query of ['$..id', '$..*^', '$..[?@.a == 1]']) expect(() => read(query, { deep })).toThrow(GatewayError)
    expect(read('$.deep[0][0][*]', { deep })).toHaveLength(1)
  })

  test('cannot bring a pattern that is not linear', () => {
    const path = pathOf('$.items[?search(@.name, $.request.query.q)]')
    const document = (q: string) => ({ items: [{ name: 'aaaa' }], request: { query: { q } } })
    expect(path.evaluate(document('aa'))).toHaveLength(1)
    expect(path.evaluate(document('['))).toEqual([])
    expect(() => path.evaluate(document('(a+)+$'))).toThrow(expect.objectContaining({ code: 'invalid-input' }))
  })

  test('may be larger than a call has arguments', () => {
    const many = Array.from({ length: 300_000 }, (_, id) => ({ id }))
    for (const query of ['$[*].id', '$..id', '$[?@.id >= 0]']) expect(read(query, many)).toHaveLength(300_000)
  })
})

test('a string is a path only when it begins as one', () => {
  expect(['$', '$.a', '$[0]'].every(isPath)).toBe(true)
  expect(['', '$5', '$$', '$a', 'a$.b', ' $.a'].some(isPath)).toBe(false)
})
