import fc from 'fast-check'
import { levelsOf, withoutShortcuts } from '../../../src/describe/graph/levels.ts'
import type { RouteGraph, Shape, StepShape } from '../../../src/describe/graph/model.ts'

const colors = [
  'user.id',
  'user.segment',
  'product.ids',
  'geo.city',
  'banner.list',
  'a.veryLongNameOfAColorThatNobodyLikes',
]
const texts = [
  'users.profile',
  '推荐服务.recommend',
  'GET /users/{user.id}/orders/{order.id}/lines',
  'x',
  "user.segment == 'vip' && size(product.ids) > 0",
]

const color = fc.constantFrom(...colors)
const words = fc.constantFrom(...texts)

const step = (ends: StepShape['ends']): fc.Arbitrary<Shape> =>
  fc
    .record({
      title: words,
      lines: fc.array(words, { maxLength: 2 }),
      needs: fc.uniqueArray(color, { maxLength: 4 }),
      gives: fc.uniqueArray(color, { maxLength: 3 }),
      fallbacks: fc.array(words, { maxLength: 2 }),
      optional: fc.boolean(),
    })
    .map((members) => ({
      shape: 'step',
      id: 's',
      kind: 'invoke',
      calls: true,
      name: 's',
      ends,
      at: 'routes/a.yaml:1:1',
      ...members,
    }))

/** Any shape that the language can give, a few levels deep. */
export const anyShape: fc.Arbitrary<Shape> = fc.letrec<{ shape: Shape }>((tie) => {
  const inner = tie('shape')
  const arms = (min: number) => fc.array(fc.record({ label: words, body: inner }), { minLength: min, maxLength: 3 })
  return {
    shape: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      { arbitrary: step(undefined), weight: 4 },
      { arbitrary: fc.oneof(step('answer'), step('error')), weight: 1 },
      {
        arbitrary: fc
          .array(inner, { minLength: 2, maxLength: 3 })
          .map((items): Shape => ({ shape: 'sequence', items })),
        weight: 2,
      },
      {
        arbitrary: fc
          .array(inner, { minLength: 2, maxLength: 4 })
          .map((lanes): Shape => ({ shape: 'parallel', id: 'p', lanes })),
        weight: 2,
      },
      {
        arbitrary: fc.record({ arms: arms(1), passable: fc.boolean() }).map(
          ({ arms: list, passable }): Shape => ({
            shape: 'choice',
            id: 'c',
            arms: list,
            needs: [],
            passable: passable || list.length === 1,
          }),
        ),
        weight: 2,
      },
      {
        arbitrary: fc
          .record({ body: inner, handlers: arms(1) })
          .map((members): Shape => ({ shape: 'attempt', id: 't', ...members })),
        weight: 2,
      },
      {
        arbitrary: fc
          .record({
            title: words,
            lines: fc.array(words, { maxLength: 1 }),
            body: inner,
            gives: fc.uniqueArray(color, { maxLength: 2 }),
          })
          .map((members): Shape => ({ shape: 'loop', id: 'l', needs: [], provides: 'product.ids', ...members })),
        weight: 1,
      },
      { arbitrary: flow(inner), weight: 2 },
    ),
  }
}).shape

/** Each item waits for some of those before it. */
function flow(inner: fc.Arbitrary<Shape>): fc.Arbitrary<Shape> {
  return fc
    .array(fc.tuple(inner, fc.array(fc.nat(), { maxLength: 2 })), { minLength: 2, maxLength: 6 })
    .map((entries): Shape => {
      const waits = entries.map(([, seeds], index) => new Set(index === 0 ? [] : seeds.map((seed) => seed % index)))
      const levels = levelsOf(waits)
      const after = withoutShortcuts(waits)
      const items = entries.map(([body], index) => ({ body, level: levels[index]!, after: [...after[index]!] }))
      return { shape: 'flow', id: 'f', items }
    })
}

export function graphOf(body: Shape): RouteGraph {
  return {
    route: 'any',
    match: 'GET /any',
    summary: undefined,
    file: 'routes/any.yaml',
    timeoutMs: 800,
    request: { id: 'request', gives: ['geo.city'] },
    body,
    response: { id: 'response', title: 'respond 200', needs: [] },
    flows: colors.map((what) => ({ what, from: 'request', to: 'response' })),
    sensitive: ['user.id'],
  }
}
