import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { compileCors } from '../../src/browsers/cors.ts'
import { corsShape } from '../../src/browsers/cors-shape.ts'

const parse = (policy: unknown) => corsShape.parse(policy)
const compile = (policy: unknown) => compileCors(parse(policy), [])
const allowed = (headers: readonly string[]) => headers[headers.indexOf('access-control-allow-origin') + 1]
const letsIn = (policy: unknown, origin: string) =>
  compile(policy).answer(origin).includes('access-control-allow-origin')

describe('an origin', () => {
  const below = { origins: ['https://*.example.com', 'http://*.local.test:3000'] }
  test.each([
    'https://a.example.com',
    'https://a.b.example.com',
    'https://xn--bcher-kva.example.com',
    'http://a.local.test:3000',
  ])('%s is below a domain that is listed', (origin) => {
    expect(letsIn(below, origin)).toBe(true)
    expect(allowed(compile(below).answer(origin))).toBe(origin)
  })

  test.each([
    'null',
    '',
    '*',
    'https://example.com',
    'https://.example.com',
    'https://a..example.com',
    'https://*.example.com',
    'http://a.example.com',
    'https://a.example.com:8443',
    'https://a.example.com.evil.test',
    'https://aexample.com',
    'https://evil.test/.example.com',
    'https://evil.test#.example.com',
    'https://evil.test?.example.com',
    'https://evil.test\\.example.com',
    'https://user@a.example.com',
    'https://evil.test, https://a.example.com',
    'https://a.example.com, https://a.example.com',
    'https://A.EXAMPLE.COM',
    'https://a.example.com\u0000',
    'http://a.local.test',
    'http://a.local.test:30000',
  ])('%j is not', (origin) => {
    expect(letsIn(below, origin)).toBe(false)
  })

  test('is let in only as a URL would have it, whatever it is made of', () => {
    const piece = fc.constantFrom(
      'https://',
      'http://',
      'a',
      '.',
      'example.com',
      ':443',
      '/',
      '@',
      '#',
      '*',
      ' ',
      'null',
    )
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')),
        (origin) => {
          if (!letsIn(below, origin)) return
          const { protocol, hostname, origin: normal } = new URL(origin)
          expect([protocol, normal]).toEqual(['https:', origin])
          expect(hostname).toMatch(/^.+\.example\.com$/)
        },
      ),
      { numRuns: 2000 },
    )
  })

  test('that is listed stands in the answer for itself alone', () => {
    const cors = compile({ origins: ['https://app.example.com', 'https://shop.example.com'], credentials: true })
    expect(cors.answer('https://shop.example.com')).toEqual([
      'vary',
      'Origin',
      'access-control-allow-origin',
      'https://shop.example.com',
      'access-control-allow-credentials',
      'true',
      'access-control-expose-headers',
      expect.stringContaining('x-request-id'),
    ])
    for (const other of [undefined, 'null', 'https://other.example.com'])
      expect(cors.answer(other)).toEqual(['vary', 'Origin'])
  })

  test('does not matter where every page may read, and caches are told nothing of it', () => {
    const cors = compile({ origins: ['*'], expose: [] })
    expect(cors.answer(undefined)).toEqual(['access-control-allow-origin', '*'])
    expect(cors.answer('null')).toEqual(cors.answer('https://a.test'))
  })
})

describe('a preflight', () => {
  const asked = { origin: 'https://app.example.com', headers: 'x-a, x-evil', methods: () => ['GET', 'PUT'] }
  const policy = { origins: ['https://app.example.com'], maxAge: '1500ms' }

  test('is told what follows from the route where the file says nothing', () => {
    expect(compileCors(parse(policy), ['content-type', 'x-a']).preflight(asked)).toEqual([
      'vary',
      'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
      'access-control-allow-origin',
      'https://app.example.com',
      'access-control-allow-methods',
      'GET, PUT',
      'access-control-allow-headers',
      'content-type, x-a',
      'access-control-max-age',
      '2',
    ])
  })

  test('is told what the file says where it says it', () => {
    const said = { ...policy, methods: ['delete'], headers: ['X-B'] }
    const answer = compileCors(parse(said), ['x-a']).preflight(asked)
    expect(answer).toEqual(expect.arrayContaining(['DELETE', 'x-b']))
    expect(answer).not.toContain('x-a')
  })

  test('gets back the headers that it asked for where any may be set, if they are names', () => {
    const cors = compileCors(parse(policy), 'any')
    expect(cors.preflight(asked)).toContain('x-a, x-evil')
    for (const headers of ['x-a\r\nset-cookie: a', 'x a', '', ',', undefined])
      expect(cors.preflight({ ...asked, headers })).not.toContain('access-control-allow-headers')
  })

  test('of a page that is not let in is told nothing', () => {
    expect(compile(policy).preflight({ ...asked, origin: 'null' })).toEqual([
      'vary',
      'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
    ])
  })
})

test.each([
  [{ origins: [] }, /./],
  [{ origins: ['null'] }, /write an origin/],
  [{ origins: ['app.example.com'] }, /write an origin/],
  [{ origins: ['https://app.example.com/'] }, /write an origin/],
  [{ origins: ['https://app.example.com:443'] }, /never send/],
  [{ origins: ['https://a*.example.com'] }, /never send/],
  [{ origins: ['https://*.*.example.com'] }, /never send/],
  [{ origins: ['https://*'] }, /never send/],
  [{ origins: ['*'], credentials: true }, /every page there is/],
  [{ origins: ['*', 'https://app.example.com'] }, /no effect/],
  [{ origins: ['*'], headers: ['*'] }, /not the name of a header/],
  [{ origins: ['*'], expose: ['a b'] }, /not the name of a header/],
  [{ origins: ['*'], methods: ['GET,PUT'] }, /not the name of a method/],
  [{ origins: ['*'], maxAge: '0s' }, /no time/],
])('%j is refused', (policy, why) => {
  const { error } = corsShape.safeParse(policy)
  expect(error?.issues.map(({ message }) => message).join()).toMatch(why)
})
