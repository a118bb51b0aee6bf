import { describe, expect, test } from '@jest/globals'
import { afterTest } from '../support/cleanup.ts'
import { startGateway } from '../support/gateway.ts'
import { startHttpServer } from '../support/servers.ts'
import { wordService } from '../support/words.ts'

async function startWord(route: string) {
  const backend = await startHttpServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"word":"hello","role":"vip"}')
  })
  afterTest(() => backend.close())
  const { port } = await startGateway({
    'services/words': wordService(backend.url),
    'routes/word': `match: GET /word\n${route}`,
  })
  return async (query = '') => {
    const answer = await fetch(`http://127.0.0.1:${port}/word${query}`)
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
  }
}

describe('a color that stays bytes', () => {
  test('is there for an expression, also where an assignment of something absent has left it', async () => {
    const ask = await startWord(`do:
  - { invoke: words.word }
  - assign:
      word: $.request.query.name
      other.word: "\${ 'Hi ' + word }"
response: { body: { word: $.word, hi: $.other.word } }`)
    expect(await ask()).toEqual({ status: 200, body: { word: 'hello', hi: 'Hi hello' } })
    expect(await ask('?name=mei')).toEqual({ status: 200, body: { word: 'mei', hi: 'Hi mei' } })
  })

  test('that nobody gave fails the expression, and no member is dropped in silence', async () => {
    const ask = await startWord(`do:
  - id: greet
    assign:
      word: $.request.query.name
      other.word: "\${ 'Hi ' + word }"
response: { body: { hi: $.other.word } }`)
    expect(await ask()).toMatchObject({ status: 500, body: { code: 'expression-failed', step: 'greet' } })
    expect(await ask('?name=mei')).toEqual({ status: 200, body: { hi: 'Hi mei' } })
  })

  test('is asked of a step that alone reads its record', async () => {
    const ask = await startWord(`do:
  - { invoke: words.word, id: profile }
  - branch:
      - { when: "steps.profile.source == 'live'", do: [ { assign: { other.word: live } } ] }
      - { default: [ { assign: { other.word: other } } ] }
response: { body: { from: $.other.word, word: $.word } }`)
    expect((await ask()).body).toEqual({ from: 'live', word: 'hello' })
  })
})

describe('what is absent where something is let in', () => {
  test.each([
    ["request.headers['x-role'] != 'admin'", 403],
    ["!(request.headers['x-role'] == 'admin')", 403],
    ["!(request.headers['x-role'] in ['admin'])", 403],
    ["!request.headers['x-role'].startsWith('a')", 500],
    ["request.cookies.role != 'admin'", 403],
    ["request.query.role != 'admin'", 403],
    ["request.headers['x-role'] != request.headers['x-other']", 403],
  ] as const)('throw when: %s', async (when, status) => {
    const ask = await startWord(
      `do: [ { throw: { error: forbidden, status: 403 }, when: ${JSON.stringify(when)} } ]\nresponse: { body: { in: true } }`,
    )
    expect((await ask()).status).toBe(status)
  })
})
