import { describe, expect, test } from '@jest/globals'
import { latencyOf } from '../../../src/describe/explain/latency.ts'
import { loadRoute } from '../../support/route.ts'

const services = {
  'services/slow': `service: slow
endpoints: [http://127.0.0.1:9]
timeout: 100ms
operations:
  a: { get: /a, out: { banner.list: $ } }
  b: { get: /b, out: { price.list: $ }, timeout: 250ms }
  c: { get: /c, in: { price.list: 'query.p' }, out: { product.list: $ } }
  thrice: { get: /t, out: { banner.list: $ }, retry: { attempts: 3, delay: 20ms, on: [timeout] } }
  evenly: { get: /e, out: { banner.list: $ }, retry: { attempts: 3, delay: 20ms, backoff: constant, on: [timeout] } }
  once: { post: /o, out: { banner.list: $ } }
`,
}

function worst(steps: string) {
  const { route } = loadRoute(`do: ${steps}\nresponse: { body: [$.request.id] }`, services)
  return latencyOf(route.bound.body)
}

describe('the worst case', () => {
  test.each([
    ['of a call is its timeout', '[ { invoke: slow.a } ]', 100],
    ['of a retried call is all attempts and the waits between, which double', '[ { invoke: slow.thrice } ]', 360],
    ['of a retried call with even waits', '[ { invoke: slow.evenly } ]', 340],
    [
      'of a call with another as its fallback is both',
      '[ { invoke: slow.a, fallback: { invoke: slow.thrice } } ]',
      460,
    ],
    ['of a fixed fallback is nothing more', '[ { invoke: slow.a, fallback: { body: [] } } ]', 100],
    ['of a sequence is the sum', '[ { invoke: slow.a }, { invoke: slow.b } ]', 350],
    ['of a parallel is its slowest lane', '[ { parallel: [ { invoke: slow.a }, { invoke: slow.b } ] } ]', 250],
    [
      'of a branch is its slowest arm',
      "[ { branch: [ { when: request.id == 'x', do: [ { invoke: slow.a } ] }, { default: [ { invoke: slow.b } ] } ] } ]",
      250,
    ],
    [
      'of a try is the try and its slowest catch',
      '[ { try: [ { invoke: slow.a } ], catch: [ { errors: [timeout], do: [ { invoke: slow.b } ] }, { errors: [all], do: [ empty ] } ] } ]',
      350,
    ],
    [
      'of a flow is its longest chain',
      '[ { flow: [ { invoke: slow.c }, { invoke: slow.b }, { invoke: slow.a } ] } ]',
      350,
    ],
    ['of steps that only compute is nothing', '[ { assign: { cart.sum: 1 } }, empty ]', 0],
    ['ends where the route ends', '[ { invoke: slow.a }, { respond: { body: $.banner.list } } ]', 100],
  ])('%s', (_, steps, ms) => {
    expect(worst(steps).ms).toBe(ms)
  })

  test('names the calls on the critical path and how their time adds up', () => {
    expect(worst('[ { parallel: [ { invoke: slow.b }, { invoke: slow.thrice } ] }, { invoke: slow.a } ]').path).toEqual(
      [
        { step: 'thrice', ms: 360, sum: '3 × 100ms + 60ms' },
        { step: 'a', ms: 100, sum: '100ms' },
      ],
    )
  })

  test('counts one wave of a list of unknown length, and tells what every further one adds', () => {
    const loop = '[ { forEach: { in: $.request.body, batch: 5, concurrency: 4 }, do: [ { invoke: slow.a } ] } ]'
    expect(worst(loop)).toEqual({
      ms: 100,
      path: [{ step: 'a', ms: 100, sum: '100ms' }],
      waves: [{ over: '$.request.body', elements: 20, ms: 100 }],
    })
  })

  test('counts all waves of a list that its type bounds', () => {
    const files = {
      ...services,
      dictionary:
        'colors:\n  few.ids: { type: array, maxItems: 10 }\n  banner.list: { type: array }\n  price.list: { type: array }\n  product.list: { type: array }\n',
    }
    const { route } = loadRoute(
      'in: { few.ids: $.ids }\ndo: [ { forEach: { in: $.few.ids, batch: 2, concurrency: 2 }, do: [ { invoke: slow.a } ] } ]\nresponse: { body: 1 }',
      {
        ...files,
        'services/user': 'service: user\nendpoints: [http://a]',
        'services/reco': 'service: reco\nendpoints: [http://a]',
        'services/content': 'service: content\nendpoints: [http://a]',
      },
    )
    expect(latencyOf(route.bound.body)).toEqual({
      ms: 300,
      path: [{ step: 'a', ms: 300, sum: '3 × (100ms)' }],
      waves: [],
    })
  })

  test('keeps the waves of a loop beside the slowest lane', () => {
    const steps =
      '[ { parallel: [ { invoke: slow.b }, { forEach: { in: $.request.body, concurrency: 2 }, do: [ { invoke: slow.a } ] } ] } ]'
    expect(worst(steps)).toMatchObject({ ms: 250, waves: [{ elements: 2, ms: 100 }] })
  })
})
