import { describe, expect, test } from '@jest/globals'
import { buildSnapshot } from '../../src/plan/build.ts'
import { projectTexts } from '../support/project.ts'

const dictionary = `
colors:
  pay.token: { type: string, sensitivity: secret }
  pay.key: { type: string, sensitivity: secret }
  out.a: {}
  out.b: {}
  out.list: { type: array }
  out.card: {}
  out.id: {}
`
const service = (text: string) => `
service: pay
endpoints: [http://127.0.0.1:9]
operations:
${text}`
const charge = service(`
  charge: { get: /charge, out: { pay.token: $.token, pay.key: header.x-key, out.a: $, out.id: $.id } }
  same: { get: /charge, out: { out.b: $ } }
  cards: { get: /cards, out: { pay.token: '$.cards[0].token', out.list: $.cards, out.id: '$.cards[*].id' } }
  other: { get: /other, out: { out.card: $ } }
  send: { post: /send, in: { pay.token: header.x-token } }`)

function diagnosticsOf(route: string) {
  const { diagnostics } = buildSnapshot(projectTexts({ dictionary, 'services/pay': charge, 'routes/r': route }))
  return diagnostics.filter(({ severity }) => severity === 'error')
}

const call = (steps: string, body: string) => `match: GET /r\ndo: [ ${steps} ]\nresponse: { body: ${body} }`
const take = (inputs: string, body: string) =>
  `match: POST /r/{card}\nin: { ${inputs} }\ndo: [ empty ]\nresponse: { body: ${body} }`
const ok = '{ invoke: pay.charge }'

describe('what contains a secret, or lies inside it, is refused in an answer', () => {
  test.each([
    ['another output of the same answer', call(ok, '$.out.a')],
    ['a member of that output', call(ok, '$.out.a.token')],
    ['what the status is made of', `match: GET /r\ndo: [ ${ok} ]\nresponse: { status: $.pay.token, body: 1 }`],
    [
      'what the status of an error is made of',
      call(`${ok}, { throw: { error: no, status: "\${ 400 + size(pay.token) }" } }`, '1'),
    ],
    ['the namespace of that output', call(ok, '$.out')],
    ['everything', call(ok, '$')],
    ['a descendant query', call(ok, '$..token')],
    ['a wildcard', call(ok, '"$.out[*]"')],
    ['an expression', call(ok, "'${ out.a }'")],
    ['a text made of it', call(ok, "'it is ${ out.a.token }'")],
    ['the recorded body', call(ok, '$.steps.charge.body')],
    ['the record', call(ok, '$.steps.charge')],
    ['a recorded header', call(ok, '$.steps.charge.headers.x-key')],
    ['recorded headers', call(ok, '$.steps.charge.headers')],
    ['an answer to the same request by another operation', call('{ invoke: pay.same }', '$.out.b')],
    ['an element of the list that has it', call('{ invoke: pay.cards }', "'$.out.list[0]'")],
    ['a slice of the list that has it', call('{ invoke: pay.cards }', "'$.out.list[0:2]'")],
    ['a filter on the list that has it', call('{ invoke: pay.cards }', "'$.out.list[?@.id == 1]'")],
    ['a filter that compares it', call('{ invoke: pay.cards }', `"$.out.list[?@.token == 'x'].id"`)],
    ['the request body', take('pay.token: $.card.token', '$.request.body')],
    ['a part of the request body', take('pay.token: $.card.token', '$.request.body.card')],
    ['what lies inside it', take('pay.token: $.card.token', '$.request.body.card.token.value')],
    ['another input that contains it', take('pay.token: $.card.token, out.card: $.card', '$.out.card')],
    ['the whole request', take('pay.token: $.card.token', '$.request')],
    ['the header', take('pay.token: header.x-api-key', '"$.request.headers[\'x-api-key\']"')],
    ['all headers', take('pay.token: header.x-api-key', '$.request.headers')],
    ['all cookies', take('pay.token: cookie.sid', '$.request.cookies')],
    ['the header of the cookie', take('pay.token: cookie.sid', '$.request.headers.cookie')],
    ['the cookies of the header', take('pay.token: header.cookie', '$.request.cookies.sid')],
    ['the query parameter', take('pay.token: query.k', '$.request.query.k')],
    ['the path parameter', take('pay.token: path.card', '$.request.params.card')],
    ['the path', take('pay.token: path.card', '$.request.path')],
    [
      'what a with takes',
      take('', '$.request.body').replace('empty', '{ invoke: pay.send, with: { pay.token: $.request.body.t } }'),
    ],
    [
      'what an assign takes',
      take('', '$.request.body').replace('empty', '{ assign: { pay.token: $.request.body.t } }'),
    ],
    [
      'a copy of a copy',
      call(`${ok}, { assign: { out.b: { x: $.out.a } } }, { assign: { out.card: $.out.b } }`, '$.out.card.x'),
    ],
    ['a $merge', call(ok, '{ $merge: [ $.out.a, { b: 1 } ] }')],
    ['a $pick of it', call(ok, '{ $pick: [id, token], $from: $.out.a }')],
    ['an $omit of something else', call(ok, '{ $omit: [id], $from: $.out.a }')],
    ['an $each', call('{ invoke: pay.cards }', '{ $each: $.out.list, $map: { t: $.item.token } }')],
    [
      'a $join',
      call('{ invoke: pay.cards }', '{ $join: { left: [ { id: 1 } ], right: $.out.list, on: id, as: card } }'),
    ],
    ['a $default', call(ok, '{ $default: [ $.out.b, $.out.a ] }')],
    ['a $compact', call(ok, '{ $compact: [ $.out.a ] }')],
    [
      'the item of a forEach',
      call(
        '{ invoke: pay.cards }, { forEach: { in: $.out.list }, do: [ empty ], collect: { out.b: $.item } }',
        '$.out.b',
      ),
    ],
    [
      'the color of an element',
      call(
        '{ invoke: pay.cards }, { forEach: { in: $.out.list, as: out.card }, do: [ { respond: { body: $.out.card } } ] }',
        'x',
      ),
    ],
    [
      'a slice of a forEach',
      call(
        '{ invoke: pay.cards }, { forEach: { in: $.out.list, batch: 2 }, do: [ { respond: { body: $.item } } ] }',
        'x',
      ),
    ],
    [
      'what of an item goes to a secret',
      call(
        '{ invoke: pay.other }, { forEach: { in: $.out.card.list }, do: [ { invoke: pay.send, with: { pay.token: $.item.t } } ] }',
        '$.out.card',
      ),
    ],
    [
      'the body of an error',
      call(`{ try: [ ${ok} ], catch: [ { errors: [all], do: [ { respond: { body: $.error.body } } ] } ] }`, 'x'),
    ],
    ['the title of a throw', call(`${ok}, { throw: { error: odd, title: "is \${ out.a.token }" } }`, 'x')],
    ['a response header', call(ok, 'x').replace('{ body: x }', '{ headers: { x-a: $.out.a.token }, body: x }')],
    [
      'a body that stands in',
      call(`${ok}, { invoke: pay.other, fallback: { body: { t: $.pay.token } } }`, '$.steps.other.body'),
    ],
    [
      'an output of a body that stands in',
      call(`${ok}, { invoke: pay.other, fallback: { body: { t: $.pay.token } } }`, '$.out.card'),
    ],
    ['an output of what stands in', call('{ invoke: pay.other, fallback: { invoke: pay.charge } }', '$.out.a')],
    [
      'the record of what stands in',
      call('{ invoke: pay.other, fallback: { invoke: pay.charge } }', '$.steps.other.body'),
    ],
  ])('%s', (_, route) => {
    expect(diagnosticsOf(route).map(({ code }) => code)).toEqual(['secret-in-response'])
  })
})

describe('what lies beside a secret may be sent', () => {
  test.each([
    ['a sibling output', call(ok, '$.out.id')],
    ['another member of the wider output', call(ok, '$.out.a.id')],
    ['another member of the recorded body', call(ok, '{ id: $.steps.charge.body.id, s: $.steps.charge.status }')],
    ['another recorded header', call(ok, '$.steps.charge.headers.x-other')],
    ['another member of each element', call('{ invoke: pay.cards }', `'$.out.list[*].id'`)],
    ['another element', call('{ invoke: pay.cards }', `'$.out.list[1].token'`)],
    ['a filter by something else', call('{ invoke: pay.cards }', `'$.out.list[?@.id == 1].id'`)],
    ['a filter that asks whether it is there', call('{ invoke: pay.cards }', `'$.out.list[?@.token].id'`)],
    ['whether it is there', call(ok, "'${ has(out.a.token) }'")],
    ['another part of the request body', take('pay.token: $.card.token', '$.request.body.card.id')],
    ['another header', take('pay.token: header.x-api-key', '$.request.headers.accept')],
    ['another cookie', take('pay.token: cookie.sid', '$.request.cookies.theme')],
    ['a $pick without it', call(ok, '{ $pick: [id], $from: $.out.a }')],
    ['an $omit of it', call(ok, '{ $omit: [token], $from: $.out.a }')],
    ['an $each that names members', call('{ invoke: pay.cards }', '{ $each: $.out.list, $map: { id: $.item.id } }')],
    [
      'an assign that names members',
      call(`${ok}, { assign: { out.b: { id: $.out.a.id, all: $.out.a } } }`, '$.out.b.id'),
    ],
    ['another answer', call(`${ok}, { invoke: pay.other }`, '$.out.card')],
    [
      'the code of an error',
      call(`{ try: [ ${ok} ], catch: [ { errors: [all], do: [ { respond: { body: $.error.code } } ] } ] }`, 'x'),
    ],
    [
      'an item of another list',
      call(
        '{ invoke: pay.cards }, { forEach: { in: $.out.list }, do: [ empty ] }, { forEach: { in: $.out.id }, do: [ empty ], collect: { out.b: $.item } }',
        '$.out.b',
      ),
    ],
  ])('%s', (_, route) => {
    expect(diagnosticsOf(route)).toEqual([])
  })
})

test('the error stands at what reads it, and says where the secret comes in and what to write', () => {
  const [found] = diagnosticsOf('match: GET /r\ndo:\n  - invoke: pay.charge\nresponse:\n  body: { all: $.out.a }\n')
  expect(found).toMatchObject({
    message: '`pay.token` is secret and would be sent to the client',
    at: { file: 'routes/r.yaml', line: 5, column: 16 },
    help: expect.stringMatching(
      /^name the members that may be sent: `pay.token` comes from `\$\.token` \(.*pay\.yaml:\d+\)$/,
    ),
  })
})

test('a value that is put into itself again and again is followed to an end', () => {
  const steps = `${ok}, { assign: { out.b: 1 } }, { assign: { out.b: { x: $.out.b, y: $.out.b, z: $.pay.token } } }`
  expect(diagnosticsOf(call(steps, '$.out.b.x.y.x.z')).map(({ code }) => code)).toEqual(['secret-in-response'])
})
