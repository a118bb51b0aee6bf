import { describe, expect, test } from '@jest/globals'
import { countCalls } from '../../../src/describe/explain/calls.ts'
import { loadRoute } from '../../support/route.ts'

const services = {
  'services/x': `service: x
endpoints: [http://127.0.0.1:9]
retry: { attempts: 2, on: [unavailable] }
operations:
  a: { get: /a, out: { banner.list: $ } }
  b: { get: /b, out: { banner.list: $ } }
  pay: { post: /pay, out: { order.total: $.sum } }
`,
}

/** `operation min–max most [per]` of every call. */
function counts(steps: string): string[] {
  const { route } = loadRoute(`in: { geo.city: query.c }\ndo: ${steps}\nresponse: { body: [$.geo.city] }`, services)
  return countCalls(route.bound.body).map(
    ({ operation, min, max, most, per }) =>
      `${operation} ${min}–${max} ${most}${per === undefined ? '' : ` for ${per}`}`,
  )
}

describe('the calls of a request', () => {
  test.each([
    ['are one for a call, and its attempts at most', '[ { invoke: x.a } ]', ['x.a 1–1 2']],
    ['are never two for what must not be repeated', '[ { invoke: x.pay } ]', ['x.pay 1–1 1']],
    [
      'add up',
      '[ { invoke: x.a }, { parallel: [ { invoke: x.a }, { invoke: x.pay } ] } ]',
      ['x.a 2–2 4', 'x.pay 1–1 1'],
    ],
    [
      'of an arm are made or not',
      "[ { branch: [ { when: geo.city == 'a', do: [ { invoke: x.a } ] }, { default: [ { invoke: x.b } ] } ] } ]",
      ['x.a 0–1 2', 'x.b 0–1 2'],
    ],
    ['of a step with a condition are made or not', "[ { when: geo.city == 'a', invoke: x.a } ]", ['x.a 0–1 2']],
    [
      'of both arms are made',
      "[ { branch: [ { when: geo.city == 'a', do: [ { invoke: x.a } ] }, { default: [ { id: other, invoke: x.a } ] } ] } ]",
      ['x.a 1–1 2'],
    ],
    [
      'of a fallback are made only when something fails',
      '[ { invoke: x.a, fallback: { invoke: x.b } } ]',
      ['x.a 1–1 2', 'x.b 0–0 2'],
    ],
    [
      'of a catch too',
      '[ { try: [ { invoke: x.a } ], catch: [ { errors: [all], do: [ { invoke: x.b } ] } ] } ]',
      ['x.a 1–1 2', 'x.b 0–0 2'],
    ],
    [
      'behind a refusal are certain: a request that is refused is none that goes well',
      "[ { when: geo.city == 'a', throw: { error: no } }, { invoke: x.a } ]",
      ['x.a 1–1 2'],
    ],
    [
      'behind an early answer are not',
      "[ { when: geo.city == 'a', respond: { status: 204 } }, { invoke: x.a } ]",
      ['x.a 0–1 2'],
    ],
    [
      'of an arm that refuses count only at most',
      "[ { branch: [ { when: geo.city == 'a', do: [ { invoke: x.a }, { throw: { error: no } } ] }, { default: [ { invoke: x.b } ] } ] } ]",
      ['x.a 0–0 2', 'x.b 1–1 2'],
    ],
    [
      'of a forEach are counted for its slices',
      '[ { forEach: { in: $.request.body, batch: 5 }, do: [ { invoke: x.a } ] } ]',
      ['x.a 1–1 2 for 5 of $.request.body'],
    ],
    [
      'of a forEach in another for both',
      '[ { forEach: { in: $.request.body }, do: [ { forEach: { in: $.item.list, batch: 2 }, do: [ { invoke: x.a } ] } ] } ]',
      ['x.a 1–1 2 for 2 of $.item.list, for every element of $.request.body'],
    ],
  ])('%s', (_, steps, expected) => {
    expect(counts(steps)).toEqual(expected)
  })
})
