import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { GatewayError } from '../../src/errors.ts'
import { type Mock, runSnapshot } from '../support/engine.ts'
import { buildRandomRoute, colors, operations, request, route } from '../support/random-routes.ts'

const everything = { assign: Object.fromEntries(colors.map((color) => [color, 'given'])) }
const members = fc.uniqueArray(fc.constantFrom(...colors), { minLength: 1 })
const routes = fc.tuple(route, members).map(([made, read]) => ({
  ...made,
  do: [everything, ...made.do],
  response: { stream: true, body: Object.fromEntries(read.map((color) => [color, `$.${color}`])) },
}))
const inParts = { accept: 'text/event-stream' }

test('the parts of a page make the whole page, or fail as it fails, whatever its route does', async () => {
  let pages = 0
  await fc.assert(
    fc.asyncProperty(
      routes,
      request,
      fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
      async (text, sent, fails) => {
        const { snapshot } = buildRandomRoute(text)
        if (!snapshot) return
        const mocksOf = () => {
          const calls = new Map<string, number>()
          return Object.fromEntries(
            operations.map(({ name }, index): [string, Mock] => [
              `s.${name}`,
              () => {
                const count = calls.get(name) ?? 0
                calls.set(name, count + 1)
                return fails[(index + count) % fails.length]
                  ? new GatewayError('timeout')
                  : { value: `${name} ${count}` }
              },
            ]),
          )
        }
        const whole = await runSnapshot(snapshot, { mocks: mocksOf(), request: sent })
        if (whole.status === 204) return
        const pieces = await runSnapshot(snapshot, { mocks: mocksOf(), request: { ...sent, headers: inParts } })
        expect([pieces.status, pieces.body]).toEqual([whole.status, whole.body])
        if (whole.status === 200) pages += 1
      },
    ),
    { numRuns: 200 },
  )
  expect(pages).toBeGreaterThan(10)
})
