import { describe, expect, test } from '@jest/globals'
import { type SeenRequest, type Stubs, startStubbedGateway } from '../support/stubbed-gateway.ts'

const dictionary = 'colors:\n  a.text: { type: string }\n  b.text: { type: string }\n  a.whole: { type: integer }\n'
const failing =
  (times: number, status = 503) =>
  (_: SeenRequest, before: number) =>
    before < times ? { status } : { body: { text: `attempt ${before + 1}` } }

const both = '{ a: $.a.text, b: $.b.text }'

function start(step: string, stubs: Stubs, service = '', more = '', body = '{ a: $.a.text }') {
  return startStubbedGateway(
    {
      dictionary,
      'services/s': `
service: s
endpoints: [BACKEND]
${service}
operations:
  op: { get: /op, out: { a.text: $.text } }
  other: { get: /other, out: { a.text: $.words } }
  quiet: { get: /quiet, out: { b.text: $.text } }
  create: { post: /create, out: { a.text: $.text } }
  keyed: { post: /create, headers: { idempotency-key: $.request.id }, out: { a.text: $.text } }
`,
      'routes/r': `match: GET /r\n${more}do: [ ${step} ]\nresponse: { body: ${body} }\n`,
    },
    stubs,
  )
}

describe('retry', () => {
  test('tries again after a failure', async () => {
    const { ask, seen } = await start('{ invoke: s.op, retry: { attempts: 3, delay: 1ms } }', { 'GET /op': failing(2) })
    expect((await ask('/r')).json).toEqual({ a: 'attempt 3' })
    expect(seen).toHaveLength(3)
  })

  test('of a service holds for its operations, and a step may have another', async () => {
    const service = 'retry: { attempts: 3, delay: 1ms, on: http-5xx }'
    const { ask } = await start('{ invoke: s.op }', { 'GET /op': failing(2, 500) }, service)
    expect((await ask('/r')).json).toEqual({ a: 'attempt 3' })
    const own = await start('{ invoke: s.op, retry: { attempts: 1 } }', { 'GET /op': failing(2, 500) }, service)
    expect((await own.ask('/r')).status).toBe(502)
    expect(own.seen).toHaveLength(1)
  })

  test('tries again only for the errors that it names', async () => {
    const { ask, seen } = await start('{ invoke: s.op, retry: { attempts: 3, delay: 1ms, on: [timeout, http-502] } }', {
      'GET /op': failing(1, 503),
    })
    expect((await ask('/r')).json.code).toBe('http-503')
    expect(seen).toHaveLength(1)
  })

  test('does not repeat a POST, unless it carries an idempotency key', async () => {
    const service = 'retry: { attempts: 3, delay: 1ms }'
    const { ask, seen } = await start('{ invoke: s.create }', { 'POST /create': failing(1) }, service)
    expect((await ask('/r')).status).toBe(502)
    expect(seen).toHaveLength(1)
    const keyed = await start('{ invoke: s.keyed }', { 'POST /create': failing(1) }, service)
    expect((await keyed.ask('/r')).json).toEqual({ a: 'attempt 2' })
  })

  test('ends with the budget of the route', async () => {
    const { ask, seen } = await start(
      '{ invoke: s.op, retry: { attempts: 10, delay: 1h, backoff: constant, jitter: false } }',
      { 'GET /op': failing(9) },
      '',
      'timeout: 30s\n',
    )
    expect((await ask('/r')).status).toBeGreaterThanOrEqual(502)
    expect(seen).toHaveLength(1)
  })
})

describe('timeout', () => {
  test('of a step is that of one attempt', async () => {
    const { ask, seen } = await start('{ invoke: s.op, timeout: 60ms, retry: { attempts: 2, delay: 1ms } }', {
      'GET /op': (_, before) => (before === 0 ? { delayMs: 5000 } : { body: { text: 'second' } }),
    })
    expect((await ask('/r')).json).toEqual({ a: 'second' })
    expect(seen).toHaveLength(2)
  })

  test('of a service is the default for its operations', async () => {
    const { ask } = await start('{ invoke: s.op }', { 'GET /op': { delayMs: 5000 } }, 'timeout: 40ms')
    expect((await ask('/r')).json).toMatchObject({ code: 'timeout', step: 'op' })
  })
})

describe('breaker', () => {
  test('of an operation is shared by the routes that call it, and rests after failures', async () => {
    const { ask, seen } = await start(
      '{ invoke: s.op }',
      { 'GET /op': { status: 500 } },
      'breaker: { errorRate: 50%, window: 10s, minCalls: 3, open: 1h }',
    )
    const codes: string[] = []
    for (let request = 0; request < 5; request += 1) codes.push((await ask('/r')).json.code)
    expect(codes).toEqual(['http-500', 'http-500', 'http-500', 'circuit-open', 'circuit-open'])
    expect(seen).toHaveLength(3)
  })
})

describe('fallback', () => {
  const broken: Stubs = {
    'GET /op': { status: 500 },
    'GET /other': { body: { words: 'of another' } },
    'GET /quiet': { body: { text: 'q' } },
  }

  test('to a body: as if the backend had answered it', async () => {
    const { ask } = await start('{ invoke: s.op, fallback: { body: { text: \'${ "in" + "stead" }\' } } }', broken)
    expect((await ask('/r')).json).toEqual({ a: 'instead' })
  })

  test('to colors: written in place of the outputs', async () => {
    const { ask } = await start(
      '{ invoke: s.op, fallback: { assign: { a.text: mine, b.text: too } } }',
      broken,
      '',
      '',
      both,
    )
    expect((await ask('/r')).json).toEqual({ a: 'mine', b: 'too' })
  })

  test('to another operation, with its own outputs', async () => {
    const { ask, seen } = await start('{ invoke: s.op, fallback: { invoke: s.other } }', broken)
    expect((await ask('/r')).json).toEqual({ a: 'of another' })
    expect(seen.map(({ url }) => url)).toEqual(['/op', '/other'])
  })

  test('to the last good answer to the same request', async () => {
    const { ask } = await startStubbedGateway(
      {
        dictionary,
        'services/s':
          'service: s\nendpoints: [BACKEND]\noperations: { op: { get: /op, in: { b.text: query.t }, out: { a.text: $.text } } }',
        'routes/r':
          'match: GET /r\nin: { b.text: query.t }\ndo: [ { invoke: s.op, fallback: { lastGood: 10m } } ]\nresponse: { body: $.a.text }\n',
      },
      { 'GET /op': ({ url }, before) => (before === 0 ? { body: { text: `for ${url}` } } : { status: 500 }) },
    )
    expect((await ask('/r?t=1')).json).toBe('for /op?t=1')
    expect((await ask('/r?t=1')).json).toBe('for /op?t=1')
    expect((await ask('/r?t=2')).status).toBe(502)
  })

  test('list: the first that has something', async () => {
    const { ask } = await start(
      '{ invoke: s.op, fallback: [ { lastGood: 10m }, { invoke: s.op }, { body: { text: last } } ] }',
      broken,
    )
    expect((await ask('/r')).json).toEqual({ a: 'last' })
  })

  test('of an operation holds where the step has none', async () => {
    const files = (step: string) => ({
      dictionary,
      'services/s':
        'service: s\nendpoints: [BACKEND]\noperations: { op: { get: /op, out: { a.text: $.text }, fallback: { body: { text: its own } } } }',
      'routes/r': `match: GET /r\ndo: [ ${step} ]\nresponse: { body: $.a.text }\n`,
    })
    expect((await (await startStubbedGateway(files('{ invoke: s.op }'), broken)).ask('/r')).json).toBe('its own')
    const step = '{ invoke: s.op, fallback: { body: { text: the step’s } } }'
    expect((await (await startStubbedGateway(files(step), broken)).ask('/r')).json).toBe('the step’s')
  })

  test('stands around retry: it is asked once, when all attempts have failed', async () => {
    const { ask, seen } = await start(
      '{ invoke: s.op, retry: { attempts: 2, delay: 1ms, on: [all] }, fallback: { body: { text: x } } }',
      broken,
    )
    expect((await ask('/r')).json).toEqual({ a: 'x' })
    expect(seen).toHaveLength(2)
  })

  test('covers a call whose input is missing', async () => {
    const { ask } = await start(
      "{ assign: { b.text: x } }, { invoke: { service: s, get: '/op/{b.text}', out: { a.text: $.text } }, with: { b.text: $.request.query.no }, fallback: { body: { text: instead } } }",
      broken,
    )
    expect((await ask('/r')).json).toEqual({ a: 'instead' })
  })
})

describe('optional', () => {
  test('leaves the outputs absent and goes on', async () => {
    const { ask } = await start(
      '{ invoke: s.op, optional: true }, { invoke: s.quiet }',
      {
        'GET /op': { status: 500 },
        'GET /quiet': { body: { text: 'q' } },
      },
      '',
      '',
      both,
    )
    expect((await ask('/r')).json).toEqual({ b: 'q' })
  })

  test('and a fallback that has nothing either', async () => {
    const { ask } = await start('{ invoke: s.op, optional: true, fallback: { lastGood: 1h } }', {
      'GET /op': { status: 500 },
    })
    expect((await ask('/r')).json).toEqual({})
  })
})
