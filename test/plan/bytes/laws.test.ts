import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { parseJson, printJson } from '../../../src/json-text.ts'
import { outputPaths } from '../../../src/operations/byte-outputs.ts'
import { buildSnapshot } from '../../../src/plan/build.ts'
import type { RequestParts } from '../../../src/plan/request-parts.ts'
import type { AggregatedRoute } from '../../../src/plan/snapshot.ts'
import type { Answer, Failure } from '../../../src/run/outcome.ts'
import { keepBytes } from '../../../src/steps/invoke/site.ts'
import type { BoundStep } from '../../../src/steps/step.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { jsonTexts } from '../../support/json/texts.ts'
import { type Answering, openRoute, textOf } from '../../support/memory-backends.ts'
import { projectTexts } from '../../support/project.ts'
import { colors, members, operations, parts, request, route } from '../../support/random-routes.ts'

const dictionary = `colors:\n${colors.map((color) => `  ${color}: {}`).join('\n')}\n`
/** The operations of random routes; what is made of nothing is cached, and asked for once by who asks at once. */
const service = JSON.stringify({
  service: 's',
  endpoints: ['http://127.0.0.1:9'],
  operations: Object.fromEntries(
    operations.map(({ name, takes, out }) => [
      name,
      takes.length === 0
        ? { get: `/${name}`, cache: { ttl: '60s' }, out: { [out]: '$.value' } }
        : {
            put: `/${name}`,
            in: Object.fromEntries(takes.map((color, i) => [color, `$.in${i}`])),
            out: { [out]: '$' },
          },
    ]),
  ),
})

const somewhere = fc
  .tuple(fc.constantFrom(...colors), fc.constantFrom('', '.a', '.id', '[0]', '.a.b', '[1].id'))
  .map((parts) => parts.join(''))
const reader: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: somewhere.map((place) => `$.${place}`) },
  { weight: 2, arbitrary: somewhere.map((place) => `n \${ ${place} }`) },
  { weight: 2, arbitrary: somewhere.map((place) => ({ $each: `$.${place}`, $map: { n: '$.item.a', all: '$.item' } })) },
  { weight: 1, arbitrary: somewhere.map((place) => `\${ ${place} == 1 }`) },
  { weight: 1, arbitrary: somewhere.map((place) => `\${ ${place} + 1 }`) },
  { weight: 1, arbitrary: somewhere.map((place) => ({ $default: [`$.${place}`, 'none'] })) },
  { weight: 1, arbitrary: somewhere.map((place) => ({ $merge: [`$.${place}`, { b: 1 }] })) },
)
/** So that most routes load, and there is something to read. */
const everything = { parallel: colors.map((_, index) => ({ invoke: `s.make-${index}`, id: `first-${index}` })) }
const pages = fc
  .tuple(route, fc.dictionary(fc.constantFrom('p', 'q', 'r', 's'), reader), fc.option(somewhere))
  .map(([made, body, header]) => ({
    ...made,
    do: [everything, ...made.do],
    response: { headers: header ? { 'x-one': `$.${header}` } : {}, body },
  }))
/** Reads every color, so that nothing stays bytes. */
const readsAll = `\${ [${members.map((color) => `has(${color})`).join()}, e == null].size() }`

test('a page is the same from bytes whoever reads them, from parsed bodies, from the cache and from shared calls', async () => {
  let compared = 0
  const value = jsonTexts({ maxDepth: 2 })
  const texts = fc.oneof(
    fc.tuple(value, value).map(([a, id]) => `{"a":{"b":${a}},"id":${id}}`),
    fc.tuple(value, value).map(([a, id]) => `[{"a":${a}},{"id":${id},"a":${a}}]`),
    value,
  )
  await fc.assert(
    fc.asyncProperty(
      pages,
      request,
      fc.array(texts, { minLength: colors.length, maxLength: colors.length }),
      async (page, sent, bodies) => {
        const { headers, body } = page.response
        const parsing = { ...page, response: { headers: { ...headers, 'x-all': readsAll }, body } }
        const answer: Answering = ({ path, body: given }) =>
          path.startsWith('/make') ? `{"value":${bodies[Number(path.at(-1))]!}}` : (given as string)
        const runs = await Promise.all([
          runThrice(page, sent, answer),
          runThrice(parsing, sent, answer),
          // As if the plan had missed every reader.
          runThrice(parsing, sent, answer, ({ bound }) => keepAllBytes(bound.body.steps)),
        ])
        if (runs.some((outcomes) => outcomes === undefined)) return
        const [first, ...others] = runs.flatMap((outcomes) => outcomes!.map(readable))
        compared++
        for (const other of others) expect(other).toBe(first)
      },
    ),
    { numRuns: 100 },
  )
  expect(compared).toBeGreaterThan(25)
})

/** Twice at once and then once more; undefined where it does not load. */
async function runThrice(
  page: object,
  sent: Partial<RequestParts>,
  answer: Answering,
  prepare: (route: AggregatedRoute) => void = () => {},
): Promise<(Answer | Failure)[] | undefined> {
  const files = { dictionary, 'services/s': service, ...parts, 'routes/r': JSON.stringify(page) }
  const { snapshot } = buildSnapshot(projectTexts(files))
  if (!snapshot) return undefined
  const made = snapshot.routes[0] as AggregatedRoute
  prepare(made)
  const { run, close } = openRoute(made, answer, new FakeClock())
  const together = await Promise.all([run(sent), run(sent)])
  const later = await run(sent)
  await close()
  return [...together, later]
}

function keepAllBytes(steps: readonly BoundStep[]): void {
  for (const { call, blocks = [] } of steps) {
    if (call && outputPaths(call.operation)) keepBytes(call.site, call.operation)
    for (const block of blocks) keepAllBytes(block.steps)
  }
}

/** Without spaces and escapes, its numbers as they are. */
function readable(outcome: Answer | Failure): string {
  const text = textOf(outcome)
  return outcome.kind === 'failure' || text === '' ? text : printJson(parseJson(text))
}
