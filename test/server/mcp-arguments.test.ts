import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { GatewayError } from '../../src/errors.ts'
import type { ToolArgument } from '../../src/interchange/to-mcp/tools.ts'
import type { RequestParts } from '../../src/plan/request-parts.ts'
import { parseMatch } from '../../src/routes/match.ts'
import { partsOfCall } from '../../src/server/mcp/tool-parts.ts'
import { Router } from '../../src/server/requests/router.ts'

const match = parseMatch('GET /shops/{shop}/orders/*rest', false)
if (typeof match === 'string') throw new Error(match)
const router = new Router([[match, 'orders'] as const])

const from: RequestParts = {
  method: 'POST',
  path: '/mcp',
  params: {},
  query: { token: 'q' },
  headers: { host: 'shop', authorization: 'Bearer b', 'x-secret': 's', cookie: 'sid=c; other=d' },
  cookies: { sid: 'c', other: 'd' },
  body: {},
  ip: '127.0.0.1',
  id: 'r1',
}
const places = [{ in: 'header', name: 'authorization' }] as const
const argument = (name: string, place: ToolArgument['in']): ToolArgument => ({
  name,
  in: place,
  parameter: name,
  separator: undefined,
})
const takes = [
  argument('shop', 'path'),
  argument('rest', 'path'),
  argument('q', 'query'),
  argument('x-note', 'header'),
  argument('body', 'body'),
]
const hostile = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('kiosk', 'tea 7', 'ü') },
  fc.string({ unit: 'binary' }),
  fc.constantFrom('..', '.', '', '%2e%2e', '%', 'a/../b', 'a\\..\\b', '\0', 'a\r\nb: c', '?x=1', '#', '\ud800', '*'),
  fc.jsonValue(),
)
const names = fc.constantFrom('shop', 'rest', 'q', 'x-note', 'body', 'authorization', '__proto__', 'host')
/** Most with what the path needs, some with what no tool takes. */
const calls = fc.oneof(
  fc.record({ shop: hostile, rest: hostile, q: hostile, 'x-note': hostile, body: hostile }, { requiredKeys: ['shop'] }),
  fc.dictionary(names, hostile),
)

test('whatever a model gives, a call is a request of its own route, or none', () => {
  let passed = 0
  fc.assert(
    fc.property(calls, (given) => {
      let parts: RequestParts
      try {
        parts = partsOfCall({ match, places }, takes, given, from)
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(GatewayError)
        return
      }
      passed += 1
      const found = router.find(parts.method, parts.path)
      expect(found).toMatchObject({ kind: 'match', target: 'orders' })
      if (found.kind === 'match')
        expect([found.params['shop'], found.params['rest']]).toEqual([parts.params['shop'], parts.params['rest'] ?? ''])
      expect(parts.path).toMatch(/^\/shops\/[^/?#]+\/orders\/[^?#]*$/)
      expect(parts.headers['authorization']).toBe('Bearer b')
      expect(parts.headers['host']).toBe('shop')
      expect(Object.keys(parts.headers)).not.toContain('x-secret')
      expect(Object.keys(parts.cookies)).toEqual([])
      expect(Object.values(parts.headers).join()).not.toMatch(/[\r\n\0]/)
    }),
    { numRuns: 2000 },
  )
  expect(passed).toBeGreaterThan(100)
})
