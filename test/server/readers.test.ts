import { expect, test } from '@jest/globals'
import { opened } from '../support/cleanup.ts'
import { startGateway } from '../support/gateway.ts'
import { startHttpServer } from '../support/servers.ts'
import { wordService } from '../support/words.ts'

/** Answers what a route makes of `{"word":"vip"}`, whose body may stay bytes. */
async function answer(route: string, path = '/word'): Promise<unknown> {
  const server = await opened(startHttpServer((_request, response) => void response.end('{"word":"vip"}')))
  const { port } = await startGateway({
    'services/words': wordService(server.url),
    'routes/word': `match: GET /word\n${route}`,
  })
  const response = await fetch(`http://127.0.0.1:${port}${path}`)
  return response.status === 200 ? response.json() : response.status
}

test('an arm of a branch sees the record of a call that nothing else reads', async () => {
  const route = `
do:
  - invoke: words.word
  - branch:
      - { when: "steps.word.source == 'live'", do: [ { assign: { other.word: live } } ] }
      - { default: [ { assign: { other.word: other } } ] }
response: { body: { word: $.word, other: $.other.word } }`
  expect(await answer(route)).toEqual({ word: 'vip', other: 'live' })
})

test('an arm of a branch sees the headers of a call that nothing else reads', async () => {
  const route = `
do:
  - invoke: words.word
  - branch:
      - { when: "has(steps.word.headers.date)", do: [ { assign: { other.word: dated } } ] }
      - { default: [ { assign: { other.word: other } } ] }
response: { body: { word: $.word, other: $.other.word } }`
  expect(await answer(route)).toEqual({ word: 'vip', other: 'dated' })
})

test('an assignment that gives nothing leaves what the next one reads as it was', async () => {
  const route = `
do:
  - invoke: words.word
  - assign: { word: $.request.query.name, other.word: "\${ 'Hi ' + word }" }
response: { body: { word: $.word, greeting: $.other.word } }`
  expect(await answer(route)).toEqual({ word: 'vip', greeting: 'Hi vip' })
  expect(await answer(route, '/word?name=Ann')).toEqual({ word: 'Ann', greeting: 'Hi Ann' })
})
