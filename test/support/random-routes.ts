import fc from 'fast-check'
import { buildSnapshot } from '../../src/plan/build.ts'
import { BuildMemory } from '../../src/plan/memory.ts'
import type { LoadResult } from '../../src/plan/snapshot.ts'
import { projectTexts } from './project.ts'

/** Six colors, and an operation for every way to make one or two of them of others. */
export const colors = ['c.one', 'c.two', 'c.three', 'd.one', 'd.two', 'e']
export const operations = colors.flatMap((out, index) => [
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
        put: `/${name}`,
        in: Object.fromEntries(takes.map((color, index) => [color, `$.in${index}`])),
        out: { [out]: '$.value' },
      },
    ]),
  ),
})

/** A part that calls and may fail, and one that runs it twice. */
export const parts = {
  'parts/one': JSON.stringify({
    in: ['c.one?', { 'c.two': { default: 'given' } }],
    do: [{ invoke: 's.turn-0' }, { when: 'has(d.one)', assign: { 'd.two': 'seen' } }, { invoke: 's.make-3' }],
    out: ['c.one', 'd.one', 'd.two?'],
  }),
  'parts/two': JSON.stringify({
    in: ['c.two'],
    do: [
      { id: 'a', part: 'one' },
      { id: 'b', part: 'one', out: { e: '$.d.one' }, optional: true },
    ],
    catch: [{ errors: ['timeout'], do: [{ assign: { 'c.one': 'caught' } }] }],
    out: ['c.one', 'e?'],
  }),
}

/** `has()` asks for members. */
export const members = colors.filter((color) => color.includes('.'))
const flags = ['p', 'q', 'r']
export const condition = fc.oneof(
  fc.constantFrom(...flags).map((flag) => `request.query.${flag} == 'yes'`),
  fc.constantFrom(...members).map((color) => `has(${color})`),
  fc.constantFrom(...members).map((color) => `!has(${color})`),
)

const { step } = fc.letrec<{ step: object; steps: object[] }>((tie) => {
  const withCondition = (made: fc.Arbitrary<object>) =>
    fc
      .tuple(made, fc.option(condition, { nil: undefined, freq: 4 }))
      .map(([one, when]) => (when === undefined ? one : { when, ...one }))
  const steps = fc.array(tie('step'), { minLength: 1, maxLength: 3 })
  const invoke = fc
    .tuple(fc.constantFrom(...operations), fc.boolean(), fc.option(fc.constantFrom(...colors), { freq: 4 }))
    .map(([{ name, out }, optional, other]) => ({
      invoke: `s.${name}`,
      ...(optional && { optional }),
      ...(other && { out: { [other]: `$.${out}` } }),
    }))
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
      withCondition(tie('steps').map((list) => ({ first: list }))),
      withCondition(
        fc
          .tuple(
            fc.constantFrom('one', 'two'),
            fc.constantFrom({}, { optional: true }, { fallback: { invoke: 's.make-0' } }),
          )
          .map(([name, more]) => ({ part: name, ...more })),
      ),
      fc
        .tuple(condition, tie('steps'))
        .map(([until, list]) => ({ repeat: { until, max: { turns: 2, then: 'stop' } }, do: list })),
      tie('steps').map((list) => ({ forEach: { in: [1, 2] }, do: list })),
      condition.map((when) => ({ when, respond: { status: 204 } })),
    ),
  } as { step: fc.Arbitrary<object>; steps: fc.Arbitrary<object[]> }
})

export const route = fc.record({
  match: fc.constant('POST /r'),
  in: fc.constant({ 'c.one?': 'query.one', 'd.two': { from: 'query.two', default: 'given' } }),
  do: fc.array(step, { minLength: 1, maxLength: 5 }),
})
export const request = fc.record({
  query: fc.dictionary(fc.constantFrom('one', ...flags), fc.constantFrom('yes', 'no')),
})

const memory = new BuildMemory()

/** A route as an object, in the world of these colors, operations and parts; that is read once. */
export function buildRandomRoute(text: object): LoadResult {
  return buildSnapshot(
    projectTexts({ dictionary, 'services/s': service, ...parts, 'routes/r': JSON.stringify(text) }),
    memory,
  )
}
