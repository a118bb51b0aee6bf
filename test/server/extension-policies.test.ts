import { describe, expect, test } from '@jest/globals'
import { definePolicy, GatewayError, z } from '../../src/index.ts'
import { afterTest } from '../support/cleanup.ts'
import { type Files, startGateway, writeFiles } from '../support/gateway.ts'
import { startHttpServer } from '../support/servers.ts'
import { wordRoute, wordService } from '../support/words.ts'

const own = (parts: object = {}) =>
  definePolicy({
    name: 'own',
    on: ['service', 'operation', 'step'],
    shape: z.union([z.int(), z.strictObject({})]).meta({ description: 'Of a test.' }),
    example: 'own: 1',
    wrap: () => (next) => next,
    caption: () => 'does something',
    ...parts,
  })

async function backend(answer = () => '{"word":"well"}') {
  const server = await startHttpServer((_request, response) => response.end(answer()))
  afterTest(() => server.close())
  return server
}

async function start(definition: ReturnType<typeof own>, keys = 'own: 1', more: Files = {}) {
  const { url } = await backend()
  const files = { 'services/words': wordService(url, keys), 'routes/word': wordRoute, ...more }
  const running = await startGateway(files, { extensions: [definition] })
  const ask = async (path = '/word') => {
    const answer = await fetch(`http://127.0.0.1:${running.port}${path}`)
    const body = (await answer.json()) as { code?: string; word?: string }
    return [answer.status, body.code ?? body.word ?? body] as const
  }
  const metrics = async () => (await fetch(`http://127.0.0.1:${running.adminPort}/metrics`)).text()
  return { ...running, ask, metrics }
}

const boom = (): never => {
  throw new Error('boom')
}

describe('a policy that is given to createGateway', () => {
  test('stands around calls, and what it tells is counted beside what the gateway counts', async () => {
    const counting = own({
      wrap:
        (_config: unknown, { events }: { events: { emit(span: unknown, value: string): void } }) =>
        (next: (...call: unknown[]) => unknown) =>
        (request: unknown, call: { context: { span: unknown } }) => {
          events.emit(call.context.span, 'passed')
          return next(request, call)
        },
      events: { help: 'Calls by what became of them', label: 'result', values: ['passed', 'stopped'] },
    })
    const { ask, metrics } = await start(counting)
    expect(await metrics()).toContain('tessera_own_total{service="words",operation="word",result="stopped"} 0')
    expect(await ask()).toEqual([200, 'well'])
    const text = await metrics()
    expect(text).toContain('# HELP tessera_own_total Calls by what became of them')
    expect(text).toContain('tessera_own_total{service="words",operation="word",result="passed"} 1')
  })

  test('shares a state that outlives a reload', async () => {
    let opened = 0
    const sharing = own({
      shared: { key: () => ['all'], open: () => ({ number: ++opened }) },
      wrap:
        (_config: unknown, { state }: { state: { number: number } }) =>
        () =>
        () =>
          Promise.reject(new GatewayError(`state-${state.number}`, { status: 500 })),
    })
    const { ask, gateway, directory } = await start(sharing)
    expect(await ask()).toEqual([500, 'state-1'])
    writeFiles(directory, { 'routes/word': `${wordRoute}\nsummary: changed\n` })
    expect(await gateway.reload()).toMatchObject({ ok: true, changed: true })
    expect(await ask()).toEqual([500, 'state-1'])
  })

  test('is known to a metric from a reload on', async () => {
    const plain = await start(own(), '')
    expect(await plain.metrics()).not.toContain('tessera_own_total')
    const counting = own({ events: { help: 'x' } })
    const { metrics, gateway, directory } = await start(counting, '')
    expect(await metrics()).not.toContain('tessera_own_total')
    const { url } = await backend()
    writeFiles(directory, { 'services/words': wordService(url, 'own: 1') })
    expect(await gateway.reload()).toMatchObject({ ok: true, changed: true })
    expect(await metrics()).toContain('# HELP tessera_own_total x')
  })
})

describe('what a policy of an extension does wrong fails the call with `extension-failed`:', () => {
  test.each<[string, object]>([
    ['it throws while it is built', { wrap: boom }],
    ['it builds no layer', { wrap: () => 1 }],
    ['it builds a layer of nothing', { wrap: () => () => undefined }],
    ['it throws around what is inside', { wrap: () => boom }],
    ['it throws while it is called', { wrap: () => () => boom }],
    ['it rejects', { wrap: () => () => async () => boom() }],
    ['it gives no promise', { wrap: () => () => () => 1 }],
    ['it gives no response', { wrap: () => () => async () => ({ status: 200 }) }],
    [
      'it gives a body of its own making',
      {
        wrap:
          () =>
          (next: () => Promise<object>) =>
          async (...call: []) => ({
            ...(await next(...call)),
            status: 200,
            headers: {},
            source: 'live',
            body: { word: 1 },
          }),
      },
    ],
    ['its key throws', { shared: { key: boom, open: () => 1 } }],
    ['its key is no data', { shared: { key: () => [1n], open: () => 1 } }],
    ['its state throws', { shared: { key: () => [], open: boom } }],
    ['its state comes later', { shared: { key: () => [], open: async () => 1 } }],
  ])('%s', async (_, parts) => {
    const { ask, lines } = await start(own(parts))
    expect(await ask()).toEqual([500, 'extension-failed'])
    expect(lines.join('\n')).toContain('the policy `own` of createGateway failed: ')
  })

  test('and can be covered', async () => {
    const route = `match: GET /covered
do: [ { invoke: words.word, fallback: { assign: { word: covered } } } ]
response: { body: { word: $.word } }`
    const { ask } = await start(own({ wrap: () => () => boom }), 'own: 1', { 'routes/covered': route })
    expect(await ask('/covered')).toEqual([200, 'covered'])
  })

  test('but an error of its own is its own', async () => {
    const wrap = () => () => () => Promise.reject(new GatewayError('closed', { status: 503 }))
    expect(await (await start(own({ wrap }))).ask()).toEqual([503, 'closed'])
  })

  test('and one that waits for ever ends with the time of the request', async () => {
    const wrap = () => () => () => new Promise(() => {})
    const { ask } = await start(own({ wrap }), 'own: 1', { 'routes/word': `${wordRoute}\ntimeout: 50ms\n` })
    expect(await ask()).toEqual([504, 'timeout'])
  })
})
