import { describe, expect, test } from '@jest/globals'
import { takeDefinitions } from '../../src/config/extensions/load-module.ts'
import { celFunctions } from '../../src/expressions/expression.ts'
import { defineFunction } from '../../src/index.ts'
import { buildSnapshot } from '../../src/plan/build.ts'
import { describeDiagnostic, projectTexts, world } from '../support/project.ts'

/** What stands in for those that are not built in. */
const stamps = ['now', 'uuid']
  .filter((name) => !celFunctions.some((one) => one.name === name))
  .map((name) =>
    defineFunction({
      name,
      takes: [],
      gives: 'string',
      summary: 'Another one.',
      example: `${name}()`,
      call: () => 'x',
    }),
  )

function complaints(route: string, service = ''): string[] {
  const files = { ...world, 'routes/home': `match: GET /home\n${route}`, ...(service && { 'services/log': service }) }
  const texts = { ...projectTexts(files), extensions: [takeDefinitions(stamps)] }
  return buildSnapshot(texts)
    .diagnostics.filter(({ severity }) => severity === 'error')
    .map(describeDiagnostic)
}

const log = (keys: string) => `service: log
endpoints: [http://127.0.0.1:9]
operations:
  at: { get: /at, headers: { x-at: '\${ string(now()) }' }${keys} }
  of: { get: /of, in: { geo.city: query.c }${keys} }`

describe('what differs from request to request', () => {
  test.each([
    'response: { body: { at: "${ now() }" } }',
    'do: [ { assign: { geo.city: "${ string(uuid()) }" } } ]\nresponse: { body: $.geo.city }',
    'do: [ { throw: { error: late }, when: "string(now()) > \'2030\'" } ]\nresponse: { body: 1 }',
  ])('stands in no route whose answers are kept: %s', (route) => {
    expect(complaints(route)).toEqual([])
    expect(complaints(`cache: { ttl: 1m }\n${route}`)).toEqual([
      expect.stringMatching(
        /^uncacheable-route .*`(now|uuid)\(\)` differs from request to request, and the answers of/,
      ),
    ])
  })

  test.each([', cache: { ttl: 1m }', ', coalesce: true'])('goes into no call that is shared (%s)', (keys) => {
    const told = [expect.stringMatching(/^unsafe-cache .*`(now|uuid)\(\)` differs .* answers of this call are shared/)]
    const direct = 'do: [ { invoke: log.at } ]\nresponse: { body: 1 }'
    expect(complaints(direct, log(''))).toEqual([])
    expect(complaints(direct, log(keys))).toEqual(told)
    const through = 'do: [ { assign: { geo.city: "at ${ uuid() }" } }, { invoke: log.of } ]\nresponse: { body: 1 }'
    expect(complaints(through, log(''))).toEqual([])
    expect(complaints(through, log(keys))).toEqual(told)
    const given = "do: [ { invoke: log.of, with: { geo.city: '${ uuid() }' } } ]\nresponse: { body: 1 }"
    expect(complaints(given, log(''))).toEqual([])
    expect(complaints(given, log(keys))).toEqual(told)
    // What the call does not send matters nothing.
    expect(
      complaints(`do: [ { invoke: log.of } ]\nin: { geo.city: query.c }\nresponse: { body: '\${ now() }' }`, log(keys)),
    ).toEqual([])
  })

  test('goes into no call whose last good answer stands in for others', () => {
    const route = 'do: [ { invoke: log.at, fallback: { lastGood: 1h } } ]\nresponse: { body: 1 }'
    expect(complaints(route, log(''))).toEqual([expect.stringMatching(/^unsafe-cache/)])
  })
})
