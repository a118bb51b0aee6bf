import { describe, expect, test } from '@jest/globals'
import { parseCookie } from 'cookie'
import fc from 'fast-check'
import type { CallRequest } from '../../src/calls/call.ts'
import { GatewayError } from '../../src/errors.ts'
import { parseUrlEncoded } from '../../src/formats/url-encoded.ts'
import { cookieValue, isHeaderValue } from '../../src/header-fields.ts'
import { isUnsafePath } from '../../src/path-safety.ts'
import { loadProject } from '../support/project.ts'

const dictionary = `
colors:
  a.text: { type: string }
  b.text: { type: string }
  a.any: {}
  a.texts: { type: array, items: { type: string } }
  a.number: { type: number }
`

/** Renders an operation's request for these colors: \`a\` and \`b\` hold what their names say. */
function compile(operation: string): (a: Record<string, unknown>, b?: Record<string, unknown>) => CallRequest {
  const colors = '{ a.text: x, b.text: x, a.any: x, a.texts: [], a.number: 1 }'
  const snapshot = loadProject({
    dictionary,
    'services/s': `service: s\nendpoints: [http://127.0.0.1:9]\noperations:\n  op: ${operation}`,
    'routes/r': `match: GET /r\ndo: [ { assign: ${colors} }, { invoke: s.op } ]\n`,
  })
  return (a, b = {}) => snapshot.callSites[0]!.render({ request: {}, steps: {}, a, b })
}

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('é', '上海', '%', '%2f', 'a/b', '?', '#', '&', '=', '+', ' ', '\r\n', '😀'),
)
const render = (run: () => CallRequest): CallRequest | string => {
  try {
    return run()
  } catch (error) {
    return (error as GatewayError).code
  }
}

describe('a rendered path', () => {
  const path = compile("{ get: '/x/{a.text}/y' }")
  const query = compile("{ get: '/x?fixed=1', in: { a.text: query.q, b.text?: query.r } }")
  const repeated = compile('{ get: /x, in: { a.texts: query.ids } }')
  const joined = compile("{ get: /x, in: { a.texts: 'query.ids[,]' } }")

  test('has the value as one segment, which decodes to it; what would be none is refused', () => {
    fc.assert(
      fc.property(text, (value) => {
        const rendered = render(() => path({ text: value }))
        if (typeof rendered === 'string') {
          expect(rendered).toBe('expression-failed')
          return
        }
        const segments = rendered.path.split('/')
        expect(segments).toHaveLength(4)
        expect(decodeURIComponent(segments[2]!)).toBe(value.toWellFormed())
        expect(new URL(rendered.path, 'http://a').pathname.split('/')).toHaveLength(4)
        expect(isUnsafePath(rendered.path)).toBe(false)
      }),
    )
  })

  test('refuses a dot segment however often it is encoded', () => {
    const dots = fc.constantFrom('.', '..', '../x', 'x/..', '..\\x', 'a/./b')
    fc.assert(
      fc.property(dots, fc.integer({ min: 0, max: 5 }), (value, times) => {
        let encoded: string = value
        for (let round = 0; round < times; round += 1)
          encoded = encoded.replace(/[%./\\]/g, (character) => `%${character.charCodeAt(0).toString(16)}`)
        expect(render(() => path({ text: encoded }))).toBe('expression-failed')
      }),
    )
  })

  test('refuses values that are safe alone and a dot segment together', () => {
    const both = compile("{ get: '/x/{a.text}{b.text}/y' }")
    const behind = compile("{ get: '/x/.{a.text}' }")
    expect(render(() => both({ text: '%2' }, { text: 'e' }))).toBe('expression-failed')
    expect(render(() => both({ text: '100%' }, { text: 'ab' }))).toMatchObject({ path: '/x/100%25ab/y' })
    expect(render(() => behind({ text: '/secret' }))).toBe('expression-failed')
    expect(render(() => behind({ text: 'well-known' }))).toMatchObject({ path: '/x/.well-known' })
  })

  test('takes the values that honest users have', () => {
    for (const value of ['100%', 'a%b', '..hidden', 'v1.0', '…', '.gitignore', '50% off', 'a/b', '%2F'])
      expect(render(() => path({ text: value }))).toMatchObject({ path: `/x/${encodeURIComponent(value)}/y` })
  })

  test('has a query that parses back to the values', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        const rendered = query({ text: a }, { text: b }).path
        expect(rendered).toMatch(/^\/x\?fixed=1&q=[^ #&]*&r=[^ #&]*$/)
        expect(parseUrlEncoded(rendered.slice(3))).toEqual({ fixed: '1', q: a.toWellFormed(), r: b.toWellFormed() })
      }),
    )
  })

  test('has a list that parses back, repeated or joined', () => {
    fc.assert(
      fc.property(fc.array(text), (values) => {
        const wanted = values.map((value) => value.toWellFormed())
        // An empty list is there too: without it a backend would leave nothing out.
        if (values.length === 0) wanted.push('')
        const found = parseUrlEncoded(repeated({ texts: values }).path.slice(3))['ids']
        expect([found ?? []].flat()).toEqual(wanted)
        const rendered = render(() => joined({ texts: values }))
        if (typeof rendered === 'string') {
          expect(wanted.some((value) => value.includes(','))).toBe(true)
          return
        }
        const search = rendered.path.slice(3)
        const parts = search.slice('ids='.length).split(',')
        expect(parts.map(decodeURIComponent)).toEqual(wanted)
      }),
    )
  })
})

describe('a rendered header', () => {
  const header = compile('{ get: /x, in: { a.text: header.x-a }, headers: { x-b: $.b.text } }')
  const cookie = compile('{ get: /x, in: { a.text: cookie.a, b.text: cookie.b } }')

  test('never makes another header of a value', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        const rendered = render(() => header({ text: a }, { text: b }))
        const isSendable = [a, b].every((value) => isHeaderValue(value.toWellFormed()))
        if (!isSendable) return expect(rendered).toBe('expression-failed')
        const { headers } = rendered as CallRequest
        expect(Object.keys(headers).sort()).toEqual(['x-a', 'x-b'])
        expect(headers['x-a']).toBe(a.toWellFormed())
      }),
    )
  })

  test('has cookies as they came, and encodes what would come out otherwise', () => {
    const parse = (line: string) => parseCookie(line, { decode: (value) => value })
    fc.assert(
      fc.property(text, text, (a, b) => {
        const values = [a, b].map((value) => value.toWellFormed())
        const line = cookie({ text: a }, { text: b }).headers['cookie']!
        const sent = values.map(cookieValue)
        expect(isHeaderValue(line)).toBe(true)
        expect({ ...parse(line) }).toEqual({ a: sent[0], b: sent[1] })
        const opaque = values.map((value) => value.replaceAll('%', ''))
        expect(opaque.map((value) => decodeURIComponent(cookieValue(value)))).toEqual(opaque)
      }),
    )
    expect(cookieValue('a+b/c:d=="x y"%3D,é')).toBe('a+b/c:d=="x y"%3D,é')
    expect(cookieValue(' a; b=李\n')).toBe('%20a%3B b=%E6%9D%8E%0A')
  })
})

describe('a rendered body', () => {
  test('is JSON that parses back to the values', () => {
    const body = compile("{ post: /x, in: { a.any: $.any, a.number: $.deep.number, a.texts: '$.list[1].texts' } }")
    fc.assert(
      fc.property(fc.jsonValue(), fc.integer(), fc.array(fc.string()), (any, number, texts) => {
        const rendered = body({ any, number, texts })
        expect(JSON.parse(rendered.body as string)).toEqual(
          JSON.parse(JSON.stringify({ any, deep: { number }, list: [null, { texts }] })),
        )
        expect(rendered.headers['content-type']).toBe('application/json')
      }),
    )
  })
})

describe('what cannot be sent', () => {
  const scalars = compile("{ get: '/x/{a.any}' }")
  test.each<[name: string, value: unknown, code: string]>([
    ['an object', { x: 1 }, 'expression-failed'],
    ['a list', ['a'], 'expression-failed'],
    ['nothing', undefined, 'missing-input'],
    ['null', null, 'missing-input'],
    ['an empty text', '', 'expression-failed'],
  ])('%s in a path', (_, value, code) => {
    expect(() => scalars({ any: value })).toThrow(GatewayError)
    expect(render(() => scalars({ any: value }))).toBe(code)
  })

  test.each<[value: unknown, path: string]>([
    [0, '/x/0'],
    [-1.5, '/x/-1.5'],
    [true, '/x/true'],
    [1e21, '/x/1e%2B21'],
  ])('but %p is', (value, path) => {
    expect(scalars({ any: value }).path).toBe(path)
  })
})
