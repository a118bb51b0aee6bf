import { describe, expect, test } from '@jest/globals'
import { buildSnapshot } from '../../src/plan/build.ts'
import { start } from '../support/one-operation.ts'
import { projectTexts, world } from '../support/project.ts'

// Small inputs of reports that no other test asks for as they were reported.

const dictionary = `
colors:
  acct.id: {}
  acct.n: { type: integer }
  acct.more: {}
`

describe('the digits of a number', () => {
  const given = '{"id":9007199254740993,"price":1.50,"more":1}'
  test.each([
    ['by nobody else', ''],
    ['by a condition on another member', '  - { when: acct.more == 1, empty: }\n'],
    ['by a condition on itself', '  - { when: acct.id.price > 1.0 && acct.id.id > 1, empty: }\n'],
    ['by a template', '  - assign: { acct.more: "${ acct.id.price }" }\n'],
    ['by another call', '  - { invoke: s.op, id: again, with: { acct.n: $.acct.id.id } }\n'],
  ])('are the same whoever else reads it: %s', async (_, steps) => {
    const { ask } = await start(
      '{ get: /x, in: { acct.n?: query.n }, out: { acct.id: $, acct.more: $.more } }',
      `match: GET /r\ndo:\n  - { invoke: s.op }\n${steps}response: { body: $.acct.id }`,
      { body: given },
      { dictionary },
    )
    expect(await (await ask()).text()).toBe(given)
  })
})

describe('a whole number in a path', () => {
  test.each([
    ['9007199254740993', 200],
    ['18446744073709551617', 200],
    // Decimals that fit, which go on as they came.
    ['1e3', 200],
    ['1.0', 200],
    ['1.5', 400],
    ['0x10', 400],
    ['+1', 400],
    ['007', 400],
    ['%201', 400],
  ])('%s: %d', async (n, status) => {
    const { ask, sent } = await start(
      "{ get: '/u/{acct.n}' }",
      'match: GET /r/{n}\nin: { acct.n: path.n }\ndo: [ { invoke: s.op } ]\nresponse: { body: { n: $.acct.n } }',
      { body: '{}' },
      { dictionary },
    )
    const answer = await ask(`/r/${n}`)
    expect(answer.status).toBe(status)
    if (status !== 200) return expect(sent).toEqual([])
    expect([await answer.text(), sent[0]!.path]).toEqual([`{"n":${n}}`, `/u/${n}`])
  })
})

test('a list in a header is as many values as it has, absent ones left out, of a call and of an answer alike', async () => {
  const headers = '{ x-v: [a, null], x-w: [$.request.query.none, b], x-o: $.request.query.none }'
  const { ask, sent } = await start(
    `{ get: /x, headers: ${headers} }`,
    `match: GET /r\ndo: [ { invoke: s.op } ]\nresponse: { headers: ${headers}, body: 1 }`,
  )
  const answer = await ask()
  for (const read of [
    (name: string) => sent[0]!.headers[name],
    (name: string) => answer.headers.get(name) ?? undefined,
  ])
    expect([read('x-v'), read('x-w'), read('x-o')]).toEqual(['a', 'b', undefined])
})

test('`<<` merges in a body too, and an anchor within one of the same name is told from it', async () => {
  const { ask } = await start(
    '{ get: /x }',
    `x-held: &held { one: 1 }
match: GET /r
response:
  body:
    merged: { <<: *held, two: 2 }
    quoted: { '<<': 3 }
    anchors: [ &x { a: 1, b: &x 2 }, *x ]`,
  )
  expect(await (await ask()).json()).toEqual({
    merged: { one: 1, two: 2 },
    quoted: { '<<': 3 },
    anchors: [{ a: 1, b: 2 }, 2],
  })
})

test('check warns of an expression over a part that is optional', () => {
  const { diagnostics } = buildSnapshot(
    projectTexts({
      ...world,
      'routes/r': `match: GET /r
do:
  - { invoke: content.banners, optional: true }
  - { invoke: content.prices, with: { product.ids: [] } }
response: { body: { all: "\${ banner.list + price.list }" } }`,
    }),
  )
  expect(diagnostics.map(({ code, message }) => `${code}: ${message}`)).toEqual([
    'absent-in-expression: `banner.list` comes from a step that is optional, and then this expression fails',
  ])
})
