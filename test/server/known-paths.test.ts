import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { parseMatch, type RouteMatch } from '../../src/routes/match.ts'
import { KnownPaths } from '../../src/server/requests/known-paths.ts'

const of = (...paths: string[]) => new KnownPaths(paths.map((path) => parseMatch(`GET ${path}`, false) as RouteMatch))
const known = of('/', '/users/{id}', '/users/{id}/orders', '/users/me', '/shop/*rest', '/mobile/home')

describe('a path that no route takes is told', () => {
  test.each([
    ['/', '/'],
    ['/users/4711', '/users/{id}'],
    ['/users/4711/orders', '/users/{id}/orders'],
    ['/users/4711/cards/1', '/users/{id}/*'],
    ['/users/me', '/users/me'],
    ['/users/me/x', '/users/me/*'],
    ['/users/', '/users/*'],
    ['/users', '/users'],
    ['/shop/a/b', '/shop/*rest'],
    ['/mobile/hone', '/mobile/*'],
    ['/4711', '/*'],
    ['/__proto__/x', '/*'],
    ['*', '/*'],
  ])('as far as routes know it: %s', (path, told) => expect(known.tell(path)).toBe(told))

  test('in words of the routes alone, and never longer than they are', () => {
    const words = ['users', 'me', 'shop', 'mobile', 'home', 'orders', '{id}', '*rest', '*', '']
    const segment = fc.oneof(fc.constantFrom('users', 'me', 'shop', 'mobile', 'orders', ''), fc.string())
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 40 }), (segments) => {
        const told = known
          .tell(`/${segments.join('/')}`)
          .slice(1)
          .split('/')
        expect(told.filter((word) => !words.includes(word))).toEqual([])
        expect(told.length).toBeLessThanOrEqual(4)
      }),
    )
  })
})
