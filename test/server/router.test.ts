import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { parseMatch, type RouteMatch } from '../../src/routes/match.ts'
import { Router } from '../../src/server/requests/router.ts'

function routerOf(...matches: string[]): Router<string> {
  return new Router(matches.map((text) => [parseMatch(text, true) as RouteMatch, text]))
}

function targetOf(router: Router<string>, method: string, path: string): string | undefined {
  const found = router.find(method, path)
  return found.kind === 'match' ? found.target : found.kind
}

function paramsOf(router: Router<string>, path: string) {
  const found = router.find('GET', path)
  return found.kind === 'match' ? { ...found.params } : undefined
}

describe('precedence', () => {
  const router = routerOf('GET /a/*rest', 'GET /a/{x}', 'GET /a/b', 'GET /a/{x}/c', 'GET /a/b/*rest', 'GET /')

  test.each([
    ['/a/b', 'GET /a/b'],
    ['/a/z', 'GET /a/{x}'],
    ['/a/z/c', 'GET /a/{x}/c'],
    ['/a/z/d', 'GET /a/*rest'],
    ['/a/b/c', 'GET /a/b/*rest'],
    ['/', 'GET /'],
  ])('%s goes to %s: a literal beats a parameter beats a rest', (path, match) => {
    expect(targetOf(router, 'GET', path)).toBe(match)
  })

  test('the order of the routes does not matter', () => {
    const all = ['GET /a/*rest', 'GET /a/{x}', 'GET /a/b', 'GET /{x}/b', 'GET /*rest']
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (matches) => {
        const shuffled = routerOf(...matches)
        expect(targetOf(shuffled, 'GET', '/a/b')).toBe('GET /a/b')
        expect(targetOf(shuffled, 'GET', '/z/b')).toBe('GET /{x}/b')
        expect(targetOf(shuffled, 'GET', '/a/z')).toBe('GET /a/{x}')
        expect(targetOf(shuffled, 'GET', '/a/z/z')).toBe('GET /a/*rest')
        expect(targetOf(shuffled, 'GET', '/z/z')).toBe('GET /*rest')
      }),
    )
  })

  test('a route that names its method stands before one for any method', () => {
    const mixed = routerOf('ANY /a/{x}', 'GET /a/{y}', 'ANY /a/b')
    expect(targetOf(mixed, 'GET', '/a/z')).toBe('GET /a/{y}')
    expect(targetOf(mixed, 'PUT', '/a/z')).toBe('ANY /a/{x}')
    expect(targetOf(mixed, 'PURGE', '/a/z')).toBe('ANY /a/{x}')
    expect(targetOf(mixed, 'GET', '/a/b')).toBe('ANY /a/b')
  })
})

describe('methods', () => {
  test('HEAD falls to GET, but not before a HEAD route', () => {
    expect(targetOf(routerOf('GET /a'), 'HEAD', '/a')).toBe('GET /a')
    expect(targetOf(routerOf('GET /a', 'HEAD /a'), 'HEAD', '/a')).toBe('HEAD /a')
    expect(targetOf(routerOf('GET /a', 'ANY /*rest'), 'HEAD', '/a')).toBe('GET /a')
  })

  test('tells which methods a path has', () => {
    const router = routerOf('GET /a', 'POST /a', 'PUT /b')
    expect(router.find('DELETE', '/a')).toEqual({ kind: 'wrong-method', allow: ['GET', 'HEAD', 'POST'] })
    expect(router.find('GET', '/b')).toEqual({ kind: 'wrong-method', allow: ['PUT'] })
    expect(router.find('GET', '/c')).toEqual({ kind: 'nothing' })
  })
})

describe('paths', () => {
  test('are matched letter by letter, without guesses about slashes', () => {
    const router = routerOf('GET /a', 'GET /b/{x}', 'GET /c/', 'GET /d/*rest')
    for (const path of ['/A', '/a/', '//a', '/b', '/b/', '/b//', '/b/x/', '/c', '/d'])
      expect([path, targetOf(router, 'GET', path)]).toEqual([path, 'nothing'])
    expect(targetOf(router, 'GET', '/c/')).toBe('GET /c/')
    expect(paramsOf(router, '/d/')).toEqual({ rest: '' })
  })

  test('parameters are decoded, and an encoded slash stays inside one', () => {
    const router = routerOf('GET /p/{x}', 'GET /r/*rest', 'GET /bücher/{a}/{b}/{c}/{d}/{e}')
    expect(paramsOf(router, '/p/a%2Fb')).toEqual({ x: 'a/b' })
    expect(paramsOf(router, '/p/%E4%B8%8A%20%26%2b+')).toEqual({ x: '上 &++' })
    expect(paramsOf(router, '/p/100%25')).toEqual({ x: '100%' })
    expect(paramsOf(router, '/p/%2525')).toEqual({ x: '%25' })
    expect(paramsOf(router, '/r/a/b%2Fc')).toEqual({ rest: 'a/b/c' })
    expect(paramsOf(router, '/b%C3%BCcher/1/2/3/4/5')).toEqual({ a: '1', b: '2', c: '3', d: '4', e: '5' })
  })

  test('a literal may hold what means something to the tree', () => {
    const router = routerOf('GET /v1.0-x/(y)', 'GET /a+b/$c')
    expect(targetOf(router, 'GET', '/v1.0-x/(y)')).toBe('GET /v1.0-x/(y)')
    expect(targetOf(router, 'GET', '/v1.0-x/y')).toBe('nothing')
    expect(targetOf(router, 'GET', '/a+b/$c')).toBe('GET /a+b/$c')
  })

  test('an escape that decodes to nothing is told apart', () => {
    const router = routerOf('GET /p/{x}')
    for (const path of ['/p/%zz', '/p/%', '/p/%ff', '/p/%C3', '/%E0%A4%A/x']) {
      expect(router.find('GET', path)).toEqual({ kind: 'malformed' })
    }
  })

  test('parameters named like members of Object are parameters', () => {
    const router = routerOf('GET /{constructor}/{__proto__}')
    const found = router.find('GET', '/a/b')
    expect(found.kind === 'match' && Object.entries(found.params)).toEqual([
      ['constructor', 'a'],
      ['__proto__', 'b'],
    ])
  })

  test('every value comes back as it was encoded', () => {
    const router = routerOf('GET /p/{x}/q/{y}')
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), fc.string({ minLength: 1 }), (x, y) => {
        const path = `/p/${encodeURIComponent(x)}/q/${encodeURIComponent(y)}`
        expect(paramsOf(router, path)).toEqual({ x, y })
      }),
    )
  })

  test('one among ten thousand is found', () => {
    const matches = Array.from({ length: 10_000 }, (_, index) => `GET /team${index % 100}/route${index}/{id}`)
    expect(targetOf(routerOf(...matches), 'GET', '/team34/route7734/x')).toBe('GET /team34/route7734/{id}')
  })
})
