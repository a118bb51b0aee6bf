import { describe, expect, test } from '@jest/globals'
import { buildSnapshot } from '../../src/plan/build.ts'
import { type Answer, start as startOf } from '../support/one-operation.ts'
import { projectTexts } from '../support/project.ts'

const dictionary = `
colors:
  card.token: { type: string, sensitivity: secret }
  page.id: {}
`
const bytes = Buffer.from([0, 255, 0xc3, 0x28, 13, 10])
const image: Answer = { headers: { 'content-type': 'image/png; v=1' }, body: bytes }
const start = (operation: string, route: string, answer: Answer = image) =>
  startOf(operation, route, answer, { dictionary })
const seen = async (answer: Response) => [
  answer.status,
  answer.headers.get('content-type'),
  Buffer.from(await answer.arrayBuffer()),
]

describe('a body goes on as it came', () => {
  test('from a backend to the client, whatever it is, with its content type', async () => {
    const { ask, sent } = await start(
      '{ get: /x }',
      'match: GET /r\ndo: [ { id: x, invoke: s.op } ]\nresponse: { body: $.steps.x.raw }\n',
    )
    expect(await seen(await ask())).toEqual([200, 'image/png; v=1', bytes])
    expect(sent[0]!.headers['accept']).toBe('*/*')
  })

  test('under a content type of the route’s own', async () => {
    const route =
      'match: GET /r\ndo: [ { id: x, invoke: s.op } ]\nresponse: { headers: { content-type: image/x-own }, body: $.steps.x.raw }\n'
    const { ask } = await start('{ get: /x }', route)
    expect(await seen(await ask())).toEqual([200, 'image/x-own', bytes])
  })

  test('from the client to a backend, and by a `respond` back', async () => {
    const route = 'match: POST /r\ndo: [ { invoke: s.op }, { respond: { body: $.request.raw } } ]\n'
    const { ask, sent } = await start('{ put: /x, body: $.request.raw }', route, { body: '{}' })
    const answer = await ask('/r', { method: 'POST', body: bytes, headers: { 'content-type': 'application/x-thing' } })
    expect(await seen(answer)).toEqual([200, 'application/x-thing', bytes])
    expect([sent[0]!.headers['content-type'], sent[0]!.body]).toEqual(['application/x-thing', bytes])
  })

  test('also where parts of it are read', async () => {
    const route =
      'match: POST /r\nin: { page.id: $.id }\ndo: [ { id: x, invoke: s.op } ]\nresponse: { headers: { x-id: $.page.id }, body: $.steps.x.raw }\n'
    const { ask, sent } = await start('{ post: /x, body: $.request.raw, out: { page.id: $.id } }', route, {
      body: '{ "id" : 1.0 }',
      headers: { 'content-type': 'application/json' },
    })
    const answer = await ask('/r', {
      method: 'POST',
      body: '{ "id": 7 }',
      headers: { 'content-type': 'application/json' },
    })
    expect([answer.headers.get('x-id'), await answer.text(), sent[0]!.body.toString()]).toEqual([
      '1.0',
      '{ "id" : 1.0 }',
      '{ "id": 7 }',
    ])
  })

  test('from a cache, a last good answer and the cache of the route the same bytes', async () => {
    let isDown = false
    const { ask, sent } = await startOf(
      '{ get: /x, cache: { ttl: 1m } }',
      'match: GET /r\ndo: [ { id: x, invoke: s.op } ]\nresponse: { body: $.steps.x.raw }\n',
      () => (isDown ? { status: 500 } : image),
      {
        dictionary,
        'routes/good':
          'match: GET /good\ndo: [ { id: x, invoke: s.op, cache: false, fallback: { lastGood: 1m } } ]\nresponse: { body: $.steps.x.raw }\n',
        'routes/whole':
          'match: GET /whole\ncache: { ttl: 1m }\ndo: [ { id: x, invoke: s.op, cache: false } ]\nresponse: { body: $.steps.x.raw }\n',
      },
    )
    for (const path of ['/r', '/good', '/whole'])
      expect(await seen(await ask(path))).toEqual([200, 'image/png; v=1', bytes])
    isDown = true
    const before = sent.length
    for (const path of ['/r', '/good', '/whole'])
      expect(await seen(await ask(path))).toEqual([200, 'image/png; v=1', bytes])
    expect(sent.length).toBe(before + 1)
  })

  test('and after a failure or a fallback there is none', async () => {
    const route = 'match: GET /r\ndo: [ { id: x, invoke: s.op, OPTION } ]\nresponse: { body: $.steps.x.raw }\n'
    for (const option of ['optional: true', 'fallback: { body: { a: 1 } }']) {
      const { ask } = await start('{ get: /x }', route.replace('OPTION', option), { status: 500, body: '{}' })
      expect(await seen(await ask())).toEqual([200, null, Buffer.alloc(0)])
    }
  })

  test('but not with all of its record or of the request', async () => {
    const route =
      'match: POST /r\ndo: [ { id: x, invoke: s.op }, { when: "false", respond: { body: $.steps.x.raw } } ]\nresponse: { body: { s: $.steps.x, r: $.request.method } }\n'
    const { ask } = await start('{ post: /x, body: $.request.raw }', route, { body: '{}' })
    expect(
      Object.keys(((await (await ask('/r', { method: 'POST', body: 'x' })).json()) as { s: object }).s),
    ).not.toContain('raw')
  })
})

describe('is refused at load', () => {
  const codes = (operation: string, route: string) =>
    buildSnapshot(
      projectTexts({
        dictionary,
        'services/s': `service: s\nendpoints: [http://127.0.0.1:9]\noperations:\n  op: ${operation}\n`,
        'routes/r': `match: POST /r\n${route}`,
      }),
    ).diagnostics.map(({ code }) => code)
  const call = 'do: [ { id: x, invoke: s.op } ]\n'
  test.each([
    ['a part of a body', '{ get: /x }', `${call}response: { body: { a: $.steps.x.raw } }\n`, ['raw-in-part']],
    ['what is looked for in it', '{ get: /x }', `${call}response: { body: $.steps.x.raw.a }\n`, ['raw-in-part']],
    ['in a header', '{ get: /x }', 'response: { headers: { x-a: $.request.raw } }\n', ['raw-in-part']],
    ['in a condition', '{ get: /x }', 'do: [ { when: has(request.raw), invoke: s.op } ]\n', ['raw-in-part']],
    [
      'as a color',
      '{ get: /x }',
      'do: [ { assign: { page.id: $.request.raw } } ]\nresponse: { body: $.page.id }\n',
      ['raw-in-part'],
    ],
    [
      'with `encode`',
      '{ post: /x, encode: json, body: $.request.raw }',
      'do: [ { invoke: s.op } ]\n',
      ['content-type-mismatch'],
    ],
    [
      'a secret in it',
      '{ get: /x, out: { card.token: $.t } }',
      `${call}response: { body: $.steps.x.raw }\n`,
      ['secret-in-response'],
    ],
  ])('%s', (_name, operation, route, expected) => {
    expect(codes(operation, route).filter((code) => code !== 'unused-output')).toEqual(expected)
  })
})
