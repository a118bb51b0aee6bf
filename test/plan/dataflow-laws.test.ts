import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { GatewayError } from '../../src/errors.ts'
import { buildSnapshot } from '../../src/plan/build.ts'
import { type Mock, runSnapshot } from '../support/engine.ts'
import { projectTexts } from '../support/project.ts'
import { dictionary, operations, parts, request, route, service } from '../support/random-routes.ts'

describe('a route that loads without an error or a warning', () => {
  test('never lacks an input, whatever the client sends and whichever calls fail', async () => {
    let loaded = 0
    await fc.assert(
      fc.asyncProperty(
        route,
        request,
        fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
        async (text, sent, fails) => {
          const files = { dictionary, 'services/s': service, ...parts, 'routes/r': JSON.stringify(text) }
          const { snapshot, diagnostics } = buildSnapshot(projectTexts(files))
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
      { numRuns: 300 },
    )
    expect(loaded).toBeGreaterThan(20)
  })
})

describe('a flow', () => {
  test('of calls loads in any order that its file may have, unless they wait in a circle', () => {
    const chain = ['turn-4', 'turn-3', 'turn-2', 'make-5']
    fc.assert(
      fc.property(fc.shuffledSubarray(chain, { minLength: chain.length }), (order) => {
        const text = { match: 'POST /r', do: [{ flow: order.map((name) => ({ invoke: `s.${name}` })) }] }
        const files = { dictionary, 'services/s': service, ...parts, 'routes/r': JSON.stringify(text) }
        const { diagnostics } = buildSnapshot(projectTexts(files))
        expect(diagnostics.filter(({ severity }) => severity !== 'hint')).toEqual([])
      }),
    )
  })
})
