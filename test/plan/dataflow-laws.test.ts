import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { GatewayError } from '../../src/errors.ts'
import { type Mock, runSnapshot } from '../support/engine.ts'
import { buildRandomRoute, colors, operations, request, route } from '../support/random-routes.ts'

/** Some colors are there from the first: most of what is made up without would lack one. */
const routes = fc.tuple(route, fc.subarray(colors)).map(([made, given]) => ({
  ...made,
  do: [
    ...(given.length > 0 ? [{ assign: Object.fromEntries(given.map((color) => [color, 'given'])) }] : []),
    ...made.do,
  ],
}))

describe('a route that loads without an error or a warning', () => {
  test('never lacks an input, whatever the client sends and whichever calls fail', async () => {
    let loaded = 0
    await fc.assert(
      fc.asyncProperty(
        routes,
        request,
        fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
        async (text, sent, fails) => {
          const { snapshot, diagnostics } = buildRandomRoute(text)
          if (!snapshot || diagnostics.some(({ severity }) => severity === 'warning')) return
          loaded += 1
          let calls = 0
          const answer: Mock = () => (fails[calls++ % fails.length] ? new GatewayError('timeout') : { value: 'made' })
          const mocks = Object.fromEntries(operations.map(({ name }) => [`s.${name}`, answer]))
          const { outcome, requests } = await runSnapshot(snapshot, { mocks, request: sent })
          if (outcome.kind === 'failure') expect(['timeout', 'none-succeeded']).toContain(outcome.error.code)
          for (const { body } of requests) expect(body ?? '{}').not.toContain('null')
        },
      ),
      { numRuns: 150 },
    )
    expect(loaded).toBeGreaterThan(10)
  })
})

describe('a flow', () => {
  test('of calls loads in any order that its file may have, unless they wait in a circle', () => {
    const chain = ['turn-4', 'turn-3', 'turn-2', 'make-5']
    fc.assert(
      fc.property(fc.shuffledSubarray(chain, { minLength: chain.length }), (order) => {
        const text = { match: 'POST /r', do: [{ flow: order.map((name) => ({ invoke: `s.${name}` })) }] }
        const { diagnostics } = buildRandomRoute(text)
        expect(diagnostics.filter(({ severity }) => severity !== 'hint')).toEqual([])
      }),
    )
  })
})
