import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { GatewayError } from '../../src/errors.ts'
import { buildSnapshot } from '../../src/plan/build.ts'
import { type Mock, runSnapshot } from '../support/engine.ts'
import { projectTexts } from '../support/project.ts'

/** Six colors, and an operation for every way to make one or two of them of others. */
const colors = ['c.one', 'c.two', 'c.three', 'd.one', 'd.two', 'e']
const operations = colors.flatMap((out, index) => [
  { name: `make-${index}`, takes: [] as string[], out },
  { name: `turn-${index}`, takes: [colors[(index + 1) % colors.length]!], out },
  { name: `join-${index}`, takes: [colors[(index + 2) % colors.length]!, colors[(index + 3) % colors.length]!], out },
])
const dictionary = `colors:\n${colors.map((color) => `  ${color}: { type: string }`).join('\n')}\n`
const service = JSON.stringify({
  service: 's',
  endpoints: ['http://127.0.0.1:9'],
  operations: Object.fromEntries(
    operations.map(({ name, takes, out }) => [
      name,
      {
        post: `/${name}`,
        in: Object.fromEntries(takes.map((color, index) => [color, `$.in${index}`])),
        out: { [out]: '$.value' },
      },
    ]),
  ),
})

const flags = ['p', 'q', 'r']
const condition = fc.oneof(
  fc.constantFrom(...flags).map((flag) => `request.query.${flag} == 'yes'`),
  fc.constantFrom(...colors).map((color) => `has(${color})`),
  fc.constantFrom(...colors).map((color) => `!has(${color})`),
)

const { step } = fc.letrec<{ step: object; steps: object[] }>((tie) => {
  const withCondition = (made: fc.Arbitrary<object>) =>
    fc
      .tuple(made, fc.option(condition, { nil: undefined, freq: 4 }))
      .map(([one, when]) => (when === undefined ? one : { when, ...one }))
  const steps = fc.array(tie('step'), { minLength: 1, maxLength: 3 })
  const invoke = fc
    .tuple(fc.constantFrom(...operations), fc.boolean())
    .map(([{ name }, optional]) => ({ invoke: `s.${name}`, ...(optional && { optional }) }))
  const assign = fc.constantFrom(...colors).map((color) => ({ assign: { [color]: 'assigned' } }))
  return {
    steps,
    step: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      withCondition(invoke),
      withCondition(assign),
      withCondition(tie('steps').map((list) => ({ sequence: list }))),
      withCondition(tie('steps').map((list) => ({ parallel: list }))),
      withCondition(tie('steps').map((list) => ({ flow: list }))),
      withCondition(
        fc.tuple(condition, tie('steps'), fc.option(tie('steps'))).map(([when, list, otherwise]) => ({
          branch: [{ when, do: list }, ...(otherwise ? [{ default: otherwise }] : [])],
        })),
      ),
      fc
        .tuple(tie('steps'), tie('steps'))
        .map(([list, handler]) => ({ try: list, catch: [{ errors: ['timeout'], do: handler }] })),
      tie('steps').map((list) => ({ forEach: { in: [1, 2] }, do: list })),
      condition.map((when) => ({ when, respond: { status: 204 } })),
    ),
  } as { step: fc.Arbitrary<object>; steps: fc.Arbitrary<object[]> }
})

const route = fc.record({
  match: fc.constant('POST /r'),
  in: fc.constant({ 'c.one?': 'query.one', 'd.two': { from: 'query.two', default: 'given' } }),
  do: fc.array(step, { minLength: 1, maxLength: 5 }),
})
const request = fc.record({
  query: fc.dictionary(fc.constantFrom('one', ...flags), fc.constantFrom('yes', 'no')),
})

describe('a route that loads without an error or a warning', () => {
  test('never lacks an input, whatever the client sends and whichever calls fail', async () => {
    let loaded = 0
    await fc.assert(
      fc.asyncProperty(
        route,
        request,
        fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
        async (text, sent, fails) => {
          const files = { dictionary, 'services/s': service, 'routes/r': JSON.stringify(text) }
          const { snapshot, diagnostics } = buildSnapshot(projectTexts(files))
          if (!snapshot || diagnostics.some(({ severity }) => severity === 'warning')) return
          loaded += 1
          let calls = 0
          const answer: Mock = () => (fails[calls++ % fails.length] ? new GatewayError('timeout') : { value: 'made' })
          const mocks = Object.fromEntries(operations.map(({ name }) => [`s.${name}`, answer]))
          const { outcome, requests } = await runSnapshot(snapshot, { mocks, request: sent })
          if (outcome.kind === 'failure') expect(outcome.error.code).toBe('timeout')
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
        const files = { dictionary, 'services/s': service, 'routes/r': JSON.stringify(text) }
        const { diagnostics } = buildSnapshot(projectTexts(files))
        expect(diagnostics.filter(({ severity }) => severity !== 'hint')).toEqual([])
      }),
    )
  })
})
