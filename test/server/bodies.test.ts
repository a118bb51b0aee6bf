import { describe, expect, test } from '@jest/globals'
import { complaintsAbout } from '../support/conformance/page.ts'
import { type Answer, type Sent, startBackend, start as startOf } from '../support/one-operation.ts'
import { request, sendRaw } from '../support/raw.ts'

const dictionary = `
colors:
  user.name: { type: string }
  user.tags: { type: array, items: { type: string } }
  user.age: { type: integer }
  user.file: {}
  line.list: { type: array, items: { type: object, properties: { id: { type: integer }, ok: { type: boolean } } } }
  order.id: { type: integer }
  order.lines: { type: array, items: { type: object, properties: { sku: { type: string }, count: { type: integer } } } }
  page.text: { type: string }
  any.value: {}
`

const start = (
  operation: string,
  route: string,
  answer?: Answer | ((sent: Sent) => Answer),
  more: Record<string, string> = {},
) => startOf(operation, route, answer, { dictionary, ...more })

interface Problem {
  readonly code: string
  readonly errors?: unknown
}
const codeOf = async (answer: Response) => ((await answer.json()) as Problem).code

const json = { headers: { 'content-type': 'application/json' } }
const post = (body: unknown): RequestInit => ({ method: 'POST', body: JSON.stringify(body), ...json })

describe('a call sends its body as `encode` says', () => {
  const inputs =
    'match: POST /r\nin: { user.name: $.name, user.tags: $.tags, user.age: $.age }\ndo: [ { invoke: s.op } ]\n'
  const values = post({ name: 'Mei & <李>', tags: ['a', 'b c'], age: 7 })

  test('form', async () => {
    const operation = '{ post: /x, encode: form, in: { user.name: $.name, user.tags: $.tags, user.age: $.age } }'
    const { ask, sent } = await start(operation, inputs)
    expect((await ask('/r', values)).status).toBe(204)
    expect(sent[0]!.headers['content-type']).toBe('application/x-www-form-urlencoded')
    expect(sent[0]!.body.toString()).toBe('name=Mei+%26+%3C%E6%9D%8E%3E&tags=a&tags=b+c&age=7')
  })

  test('text, with a content type of its own', async () => {
    const operation = `{ post: /x, encode: text, headers: { content-type: text/html }, body: '<b>\${ user.name }</b>' }`
    const { ask, sent } = await start(operation, inputs)
    await ask('/r', values)
    expect(sent[0]!.headers['content-type']).toBe('text/html')
    expect(sent[0]!.body.toString()).toBe('<b>Mei & <李></b>')
  })

  test('XML', async () => {
    const operation = `{ post: /x, encode: xml, body: { user: { '@age': $.user.age, name: $.user.name, tag: $.user.tags } } }`
    const { ask, sent } = await start(operation, inputs)
    await ask('/r', values)
    expect(sent[0]!.headers['content-type']).toBe('application/xml; charset=utf-8')
    expect(sent[0]!.body.toString()).toContain(
      '<user age="7"><name>Mei &amp; &lt;李&gt;</name><tag>a</tag><tag>b c</tag></user>',
    )
  })

  test('JSON, as ever, under a JSON content type of its own', async () => {
    const operation = '{ patch: /x, headers: { content-type: application/merge-patch+json }, in: { user.age: $.age } }'
    const { ask, sent } = await start(operation, inputs)
    await ask('/r', values)
    expect(sent[0]!.headers['content-type']).toBe('application/merge-patch+json')
    expect(sent[0]!.body.toString()).toBe('{"age":7}')
  })

  test('and without a body no content type goes out', async () => {
    const operation = '{ post: /x, headers: { content-type: application/json }, body: $.any.value }'
    const { ask, sent } = await start(
      operation,
      'match: GET /r\nin: { any.value?: query.age }\ndo: [ { invoke: s.op } ]\n',
    )
    await ask()
    expect(sent[0]!.headers['content-type']).toBeUndefined()
  })
})

describe('what a format cannot write is the fault of who gave it', () => {
  const operation = '{ post: /x, encode: form, body: $.any.value }'

  test('of the client', async () => {
    const { ask } = await start(operation, 'match: POST /r\nin: { any.value: $.v }\ndo: [ { invoke: s.op } ]\n')
    const answer = await ask('/r', post({ v: { a: { deep: 1 } } }))
    expect([answer.status, await codeOf(answer)]).toEqual([400, 'invalid-input'])
  })

  test('of the route', async () => {
    const { ask } = await start(operation, 'match: GET /r\ndo: [ { assign: { any.value: [1] } }, { invoke: s.op } ]\n')
    const answer = await ask()
    expect([answer.status, await codeOf(answer)]).toEqual([500, 'expression-failed'])
  })

  test('of a backend, in an answer', async () => {
    const { ask } = await start(
      '{ get: /x, out: { any.value: $.v } }',
      'match: GET /r\ndo: [ { invoke: s.op } ]\nresponse: { encode: csv, body: $.any.value }\n',
      { body: '{"v":{}}', ...json },
    )
    const answer = await ask()
    expect([answer.status, await codeOf(answer)]).toEqual([502, 'invalid-response'])
  })
})

describe('an answer of a backend is read as `decode` says', () => {
  const xml = '<order id="7"><line sku="a"><count>2</count></line></order>'
  const show = 'match: GET /r\ndo: [ { invoke: s.op } ]\nresponse: { body: { id: $.order.id, lines: $.order.lines } }\n'

  test('XML: values have the types of their colors, and one line is a list of one', async () => {
    const operation = '{ get: /x, decode: xml, out: { order.id: \'$.order["@id"]\', order.lines: $.order.line } }'
    const { ask, sent } = await start(operation, show, { body: xml, headers: { 'content-type': 'text/html' } })
    expect(await (await ask()).json()).toEqual({ id: 7, lines: [{ '@sku': 'a', count: 2 }] })
    expect(sent[0]!.headers['accept']).toBe('application/xml, text/xml')
  })

  test('XML of many lines, of a backend and of a client, which is read in turns', async () => {
    const many = `<order id="7">${'<line sku="a"><count>2</count></line>'.repeat(4000)}</order>`
    const operation = `{ post: /x, encode: xml, body: { order: { n: 1 } }, decode: xml, out: { any.value: '$.order["@id"]' } }`
    const route =
      'match: POST /r\ndecode: [xml]\nin: { order.lines: $.order.line }\ndo: [ { invoke: s.op, optional: true } ]\nresponse: { body: [ "${ order.lines.size() }", $.any.value, $.steps.op.error ] }\n'
    const { ask } = await start(operation, route, { body: many })
    const send = { method: 'POST', headers: { 'content-type': 'text/xml' } }
    expect(await (await ask('/r', { ...send, body: many })).json()).toEqual([4000, '7', null])
    const cut = await start(operation, route, { body: many.slice(0, -1) })
    expect(await (await cut.ask('/r', { ...send, body: many })).json()).toEqual([4000, null, 'invalid-response'])
    const refused = await ask('/r', { ...send, body: many.slice(0, -1) })
    expect(refused.status).toBe(400)
  })

  test('CSV', async () => {
    const route = 'match: GET /r\ndo: [ { invoke: s.op } ]\nresponse: { body: $.line.list }\n'
    const { ask } = await start('{ get: /x, decode: csv, out: { line.list: $ } }', route, {
      body: 'id,ok\r\n1,true\r\n2,x\r\n',
    })
    expect(await (await ask()).json()).toEqual([
      { id: 1, ok: true },
      { id: 2, ok: 'x' },
    ])
  })

  test('text, in its charset; JSON that is labelled text too', async () => {
    const route = 'match: GET /r\ndo: [ { invoke: s.op } ]\nresponse: { body: $.any.value }\n'
    const latin = {
      body: Buffer.from('caf\xe9', 'latin1'),
      headers: { 'content-type': 'text/plain; charset=iso-8859-1' },
    }
    const { ask } = await start('{ get: /x, decode: text, out: { any.value: $ } }', route, latin)
    expect(await (await ask()).json()).toBe('café')
    const labelled = { body: '{"a":1}', headers: { 'content-type': 'text/plain' } }
    const other = await start('{ get: /x, decode: json, out: { any.value: $ } }', route, labelled)
    expect(await (await other.ask()).text()).toBe('{"a":1}')
    const plain = await start('{ get: /x, out: { any.value: $ } }', route, labelled)
    expect((await plain.ask()).status).toBe(502)
  })

  test('JSON in GBK', async () => {
    const body = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xc4, 0xe3]), Buffer.from('"}')])
    const route = 'match: GET /r\ndo: [ { invoke: s.op } ]\nresponse: { body: $.any.value }\n'
    const { ask } = await start('{ get: /x, out: { any.value: $ } }', route, {
      body,
      headers: { 'content-type': 'application/json; charset=GBK' },
    })
    expect(await (await ask()).json()).toEqual({ a: '你' })
  })

  test('of a list the content type chooses, and what it does not name is refused', async () => {
    const answers = [
      { body: '<a>1</a>', headers: { 'content-type': 'text/xml' } },
      { body: '{"a":"1"}', headers: { 'content-type': 'application/json' } },
      { body: 'a=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    ]
    const { ask } = await start(
      '{ get: /x, decode: [xml, json], out: { user.age: $.a } }',
      'match: GET /r\ndo: [ { invoke: s.op } ]\nresponse: { body: $.user.age }\n',
      () => answers.shift()!,
    )
    expect(await (await ask()).json()).toBe(1)
    expect(await (await ask()).json()).toBe('1')
    expect((await ask()).status).toBe(502)
  })

  test('a list of events, when the stream has ended', async () => {
    const route = 'match: GET /r\ndo: [ { invoke: s.op } ]\nresponse: { body: $.any.value }\n'
    const { ask } = await start("{ get: /x, decode: events, out: { any.value: '$[*].data' } }", route, {
      body: 'data: a\n\ndata: b\n\n',
    })
    expect(await (await ask()).json()).toEqual(['a', 'b'])
  })

  test('bytes go on as a file', async () => {
    const bytes = Buffer.from([0, 255, 1, 254])
    const { url } = await startBackend({ body: bytes, headers: { 'content-type': 'image/png' } })
    const { ask, sent } = await start(
      '{ post: /x, encode: multipart, body: { title: Photo, file: $.user.file } }',
      'match: GET /r\ndo: [ { invoke: files.photo }, { invoke: s.op } ]\n',
      { body: '{}' },
      {
        'services/files': `service: files\nendpoints: [${url}]\noperations: { photo: { get: /photo, decode: bytes, out: { user.file: $ } } }\n`,
      },
    )
    expect((await ask()).status).toBe(204)
    const form = await new Response(sent[0]!.body as never, {
      headers: { 'content-type': sent[0]!.headers['content-type']! },
    }).formData()
    expect(form.get('title')).toBe('Photo')
    const file = form.get('file') as File
    expect([file.type, Buffer.from(await file.arrayBuffer())]).toEqual(['image/png', bytes])
  })

  test('what stands in for one has its types already', async () => {
    const { ask } = await start(
      '{ get: /x, decode: [xml, csv], out: { user.name: $.a } }',
      'match: GET /r\ndo: [ { invoke: s.op, fallback: { body: { a: 7 } } } ]\nresponse: { body: $.user.name }\n',
      { status: 500 },
    )
    expect(await (await ask()).json()).toBe(7)
  })

  test('from a cache as from the backend', async () => {
    const { ask, sent } = await start(
      '{ get: /x, decode: xml, cache: { ttl: 1m }, out: { order.id: $.a } }',
      'match: GET /r\ndo: [ { invoke: s.op } ]\nresponse: { body: $.order.id }\n',
      { body: '<a>7</a>', headers: { 'content-type': 'text/xml' } },
    )
    expect([await (await ask()).json(), await (await ask()).json(), sent.length]).toEqual([7, 7, 1])
  })
})

describe('an answer goes out as `encode` says', () => {
  const route = (response: string) =>
    `match: GET /r\nin: { user.name: query.name, any.value?: query.none }\nresponse: ${response}\n`
  test.each([
    ['{ encode: text, body: $.user.name }', 'text/plain; charset=utf-8', 'M&M'],
    ['{ encode: text, headers: { content-type: text/html }, body: $.user.name }', 'text/html', 'M&M'],
    [
      '{ encode: xml, body: { a: $.user.name } }',
      'application/xml; charset=utf-8',
      '<?xml version="1.0" encoding="UTF-8"?>\n<a>M&amp;M</a>',
    ],
    ['{ encode: csv, body: [ { name: $.user.name } ] }', 'text/csv; charset=utf-8', 'name\r\nM&M\r\n'],
    ['{ encode: form, body: { name: $.user.name } }', 'application/x-www-form-urlencoded', 'name=M%26M'],
    ['{ body: $.user.name }', 'application/json; charset=utf-8', '"M&M"'],
    ['{ encode: text, body: $.any.value }', null, ''],
  ])('%s', async (response, type, text) => {
    const { ask } = await start('{ get: /x }', route(response))
    const answer = await ask('/r?name=M%26M')
    expect([answer.headers.get('content-type'), await answer.text()]).toEqual([type, text])
  })

  test('also of a `respond`', async () => {
    const { ask } = await start(
      '{ get: /x }',
      `match: GET /r\ndo: [ { respond: { encode: text, status: 202, body: ok } } ]\n`,
    )
    const answer = await ask()
    expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
      202,
      'text/plain; charset=utf-8',
      'ok',
    ])
  })
})

describe('a client’s body', () => {
  const route = (decode: string) =>
    `match: POST /r\n${decode}in: { user.name: $.name, user.tags?: $.tags, user.age?: $.age }\nresponse: { body: { name: $.user.name, tags: $.user.tags, age: $.user.age } }\n`
  const form = { 'content-type': 'application/x-www-form-urlencoded' }

  test('is JSON unless the route says otherwise; any other is refused, and what is taken is told', async () => {
    const { ask } = await start('{ get: /x }', route(''))
    expect((await ask('/r', post({ name: 'a' }))).status).toBe(200)
    expect((await ask('/r', { method: 'POST', body: Buffer.from('{"name":"a"}') })).status).toBe(200)
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=b',
      'application/xml',
    ]) {
      const refused = await ask('/r', { method: 'POST', body: '{"name":"a"}', headers: { 'content-type': type } })
      expect([refused.status, refused.headers.get('accept-post'), await codeOf(refused)]).toEqual([
        415,
        'application/json',
        'unsupported-media-type',
      ])
    }
  })

  test('is a form: values have the types of their colors, and one tag is a list of one', async () => {
    const { ask } = await start('{ get: /x }', route('decode: [form, json]\n'))
    const answer = await ask('/r', { method: 'POST', body: 'name=007&tags=x&age=7', headers: form })
    expect(await answer.json()).toEqual({ name: '007', tags: ['x'], age: 7 })
    const two = await ask('/r', { method: 'POST', body: 'name=a&tags=x&tags=y', headers: form })
    expect(await two.json()).toEqual({ name: 'a', tags: ['x', 'y'] })
    const wrong = await ask('/r', { method: 'POST', body: 'name=a&age=seven', headers: form })
    expect([wrong.status, ((await wrong.json()) as Problem).errors]).toEqual([
      400,
      [{ in: '$.age', detail: 'must be integer' }],
    ])
    const typed = await ask('/r', post({ name: 'a', age: '7' }))
    expect(typed.status).toBe(400)
  })

  test('is XML or text', async () => {
    const { ask } = await start(
      '{ get: /x }',
      `match: POST /r\ndecode: [text, xml]\nin: { any.value: $ }\nresponse: { body: $.any.value }\n`,
    )
    const send = async (body: string, type: string) =>
      (await ask('/r', { method: 'POST', body, headers: { 'content-type': type } })).json()
    expect(await send('<a b="1"/>', 'text/xml')).toEqual({ a: { '@b': '1' } })
    expect(await send('<a b="1"/>', 'text/plain')).toBe('<a b="1"/>')
    expect((await ask('/r', { method: 'POST', body: Buffer.from('x') })).status).toBe(415)
    expect(((await send('<!DOCTYPE a><a/>', 'text/xml')) as Problem).errors).toEqual([
      { in: 'body', detail: 'it has a DTD, which is refused' },
    ])
  })

  test('is a form with files, and a file goes on as it came', async () => {
    const { ask, sent } = await start(
      '{ post: /x, encode: multipart, body: { owner: $.user.name, upload: $.user.file } }',
      'match: POST /r\ndecode: [multipart]\nin: { user.name: $.name, user.file: $.file }\ndo: [ { invoke: s.op } ]\nresponse: { body: { name: $.user.file.filename, size: $.user.file.size } }\n',
    )
    const form = new FormData()
    form.set('name', '李')
    form.set('file', new File([new Uint8Array([0, 255, 13, 10])], 'ü.bin', { type: 'application/x-thing' }))
    const answer = await ask('/r', { method: 'POST', body: form })
    expect(await answer.json()).toEqual({ name: 'ü.bin', size: 4 })
    const passed = await new Response(sent[0]!.body as never, {
      headers: { 'content-type': sent[0]!.headers['content-type']! },
    }).formData()
    const file = passed.get('upload') as File
    expect([passed.get('owner'), file.name, file.type, [...new Uint8Array(await file.arrayBuffer())]]).toEqual([
      '李',
      'ü.bin',
      'application/x-thing',
      [0, 255, 13, 10],
    ])
  })

  test('is not looked at where the route reads none', async () => {
    const { ask } = await start('{ get: /x }', 'match: POST /r\nresponse: { body: ok }\n')
    expect((await ask('/r', { method: 'POST', body: 'x', headers: { 'content-type': 'text/plain' } })).status).toBe(200)
  })
})

describe('pages that may send requests', () => {
  const route =
    'match: POST /r\ndecode: [form]\norigin: [https://app.example.com]\nin: { user.name: $.name }\nresponse: { body: $.user.name }\n'
  test.each([
    [{ origin: 'https://app.example.com', 'sec-fetch-site': 'cross-site' }, 200],
    [{ origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }, 403],
    [{ origin: 'https://evil.example' }, 403],
    [{ origin: 'null' }, 403],
    [{ 'sec-fetch-site': 'same-site' }, 403],
    [{ origin: 'https://self.example', 'sec-fetch-site': 'same-origin' }, 200],
    [{}, 200],
  ] as [Record<string, string>, number][])('%j: %d', async (headers, status) => {
    const { port } = await start('{ get: /x }', route)
    const { request } = await import('node:http')
    const seen = await new Promise<number>((resolve) => {
      const sending = request(
        {
          port,
          path: '/r',
          method: 'POST',
          headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
        },
        (response) => {
          response.resume()
          resolve(response.statusCode!)
        },
      )
      sending.end('name=a')
    })
    expect(seen).toBe(status)
  })
})

describe('a body without a type is JSON', () => {
  test.each([
    [{}, 200],
    [{ origin: 'https://a.example', 'sec-fetch-site': 'same-origin' }, 200],
    // A page may send this to any site without asking, and its visitor's cookies go with it.
    [{ origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }, 415],
    [{ origin: 'https://evil.example' }, 415],
  ] as [Record<string, string>, number][])('but of no page of another site, %j: %d', async (headers, status) => {
    const { port } = await start('{ get: /x }', 'match: POST /r\nin: { user.name: $.name }\nresponse: { body: 1 }')
    const fields = Object.entries(headers).map(([name, text]) => `${name}: ${text}`)
    const answer = await sendRaw(port, `${request('POST /r HTTP/1.1', ...fields, 'Content-Length: 14')}{"name":"Mei"}`)
    expect(answer.status).toBe(status)
  })
})

describe('a file', () => {
  test.each([
    ['{ a: $.user.file.bytes }', [200, '{}']],
    ['{ a: $.user.file }', [500, 'expression-failed']],
    ['{ a: "n ${ user.file }" }', [500, 'expression-failed']],
  ] as [string, [number, string]][])('has no form in JSON: %s', async (body, [status, text]) => {
    const { ask } = await start(
      '{ get: /x }',
      `match: POST /r\ndecode: [multipart]\nin: { user.file: $.f }\nresponse: { body: ${body} }`,
    )
    const form = new FormData()
    form.append('f', new Blob(['secret']), 'a.txt')
    const answer = await ask('/r', { method: 'POST', body: form })
    expect(answer.status).toBe(status)
    expect(await answer.text()).toContain(text)
  })
})

test.each(['https://*.example.com', 'https://app.example.com:443', 'https://app.example.com/'])(
  'no browser says that it comes from %s',
  (site) => {
    expect(complaintsAbout(`match: POST /r\norigin: ["${site}"]\nresponse: { body: 1 }`)).toHaveLength(1)
  },
)
