import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { afterTest } from '../support/cleanup.ts'
import { type Files, startGateway } from '../support/gateway.ts'

/** Asks a gateway by the bytes of a head, and gives what it then sends to its service. */
async function start(service: string, route: string, files: Files = {}) {
  const seen: { url: string; cookie: string | undefined; headers: NodeJS.Dict<string | string[]> }[] = []
  const backend = createServer((request, response) => {
    const { cookie } = request.headers
    seen.push({ url: request.url!, cookie, headers: request.headers })
    response.setHeader('content-type', 'application/json').end('{"word":"well"}')
  })
  await once(backend.listen(0, '127.0.0.1'), 'listening')
  afterTest(() => backend.close().closeAllConnections())
  const url = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`
  const { port } = await startGateway({
    'services/words': `service: words\nendpoints: ["${url}"]\noperations:\n${service}`,
    'routes/word': `match: GET /word\n${route}`,
    ...files,
  })
  const ask = (head = '') =>
    new Promise<{ answer: string; sent: (typeof seen)[number] | undefined }>((resolve, reject) => {
      const before = seen.length
      const socket = connect(port, '127.0.0.1', () =>
        socket.write(Buffer.from(`GET /word HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${head}\r\n`, 'latin1')),
      )
      let answer = ''
      socket.on('data', (piece) => (answer += piece.toString('latin1')))
      socket.on('error', reject)
      socket.on('close', () => resolve({ answer, sent: seen[before] }))
    })
  return { ask }
}

describe('a cookie', () => {
  const service = '  word: { get: /word, in: { word: cookie.sid }, out: { other.word: $.word } }'
  const route = `in: { word: cookie.sid }
do: [ { invoke: words.word } ]
response: { headers: { x-same: "\${ request.cookies.sid == word }" }, body: { it: "\${ request.cookies.sid }" } }`

  test('is passed on with the bytes that came, and so it stands in the context', async () => {
    const { ask } = await start(service, route)
    const values = [
      'MTY1NDA3==',
      '"quoted v"',
      'a+b/c:d',
      '%3D%20%',
      'a%2Cb',
      'x=y=z',
      '1,2',
      'caf\xe9',
      '{"a":1}',
      '007',
      'true',
    ]
    for (const value of values) {
      const { answer, sent } = await ask(`cookie: other=1; sid=${value}; more=2\r\n`)
      expect(sent!.cookie).toBe(`sid=${value}`)
      expect(answer).toContain('x-same: true')
      expect(JSON.parse(Buffer.from(answer.split('\r\n\r\n')[1]!, 'latin1').toString()).it).toBe(value)
    }
  })

  test('is so whatever stands in it', async () => {
    const { ask } = await start(service, route)
    const octet = fc.constantFrom(...Array.from({ length: 0x5e }, (_, i) => String.fromCharCode(0x21 + i)), '\xe9')
    const value = fc.string({ unit: octet, minLength: 1, maxLength: 20 }).filter((text) => !text.includes(';'))
    await fc.assert(
      fc.asyncProperty(value, async (text) => {
        expect((await ask(`cookie: sid=${text}\r\n`)).sent!.cookie).toBe(`sid=${text}`)
      }),
      { numRuns: 50 },
    )
  })

  test('of another value makes no other cookie of it', async () => {
    const gateway = await start(
      service,
      'do: [ { assign: { word: "a; admin=1" } }, { invoke: words.word } ]\nresponse: { body: 1 }',
    )
    expect((await gateway.ask()).sent!.cookie).toBe('sid=a%3B admin=1')
  })
})

describe('what is written without quotes where text goes', () => {
  const written = [
    ...[
      '1.10',
      '007',
      '0o17',
      '+4790000000',
      '1e3',
      '0x1F',
      '1.0',
      '.5',
      '12345',
      'True',
      'FALSE',
      'true',
      '-0',
      '0012345',
    ],
  ]

  test('is the text in the file: in headers of a call and of an answer', async () => {
    const headers = written.map((text, at) => `x-${at}: ${text}`).join('\n        ')
    const service = `  word:
    get: /word
    headers:
        ${headers}
        x-list: [1.10, 007]
    out: { word: $.word }`
    const route = `do: [ { invoke: words.word } ]
response:
  headers:
        ${headers}
  body: 1`
    const { answer, sent } = await (await start(service, route)).ask()
    expect(written.map((_, at) => sent!.headers[`x-${at}`])).toEqual(written)
    expect(sent!.headers['x-list']).toBe('1.10, 007')
    expect(written.map((_, at) => new RegExp(`^x-${at}: (.*)$`, 'm').exec(answer)?.[1])).toEqual(written)
  })

  test('is so in keys, assignments, inputs of calls, defaults and enums of text', async () => {
    const dictionary = `colors:
  user.id: { type: string }
  word: { type: string, enum: [1.10, 007, 2] }
  list: { type: array, items: { type: string } }
  deep: { type: object, properties: { zip: { type: [string, "null"] }, n: { type: number } } }
  number: { type: number }
  other.word: { type: string }
`
    const service = `  word: { get: '/word/{user.id}', in: { word: query.w }, out: { other.word: $.word } }`
    const route = `in: { word: { from: query.word, default: 1.10 } }
do:
  - assign:
      list: [007, 0x1F, text]
      deep: { zip: 01234, n: 1.10 }
      number: 1.10
      user.id: 0042
  - { invoke: words.word, id: one }
  - { invoke: words.word, id: two, with: { user.id: 1e3, word: 007 } }
response: { body: { list: $.list, deep: $.deep, number: $.number, word: $.word, 1.10: a, 007: b, True: c, 2: d } }`
    const { ask } = await start(service, route, { dictionary })
    const { answer } = await ask()
    expect(answer.split('\r\n\r\n')[1]).toContain('"number":1.1,')
    expect(JSON.parse(answer.split('\r\n\r\n')[1]!)).toEqual({
      list: ['007', '0x1F', 'text'],
      deep: { zip: '01234', n: 1.1 },
      number: 1.1,
      word: '1.10',
      '1.10': 'a',
      '007': 'b',
      True: 'c',
      2: 'd',
    })
  })

  test('is text in the path and query of the call that takes it', async () => {
    const service = `  word: { get: '/word/{user.id}', in: { word: query.w }, out: { other.word: $.word } }`
    const route = `do: [ { invoke: words.word, with: { user.id: 0042, word: 1.10 } } ]\nresponse: { body: 1 }`
    expect((await (await start(service, route)).ask()).sent!.url).toBe('/word/0042?w=1.10')
  })
})
