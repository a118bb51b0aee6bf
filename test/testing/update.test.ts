import { describe, expect, test } from '@jest/globals'
import { writeSnapshots } from '../../src/testing/update.ts'
import { load, run } from '../support/route-tests.ts'

const snapshot = load(`
in: { geo.city: { from: query.city, default: paris }, product.ids?: query.ids }
do: [ { invoke: reco.recommend } ]
response: { body: { city: $.geo.city, items: $.product.list } }
`)

async function update(text: string): Promise<string> {
  const { suites } = await run(text, snapshot)
  const [{ suite, results }] = suites as [(typeof suites)[0]]
  return writeSnapshots(suite, results)
}

const mocks = 'mocks: { recommend: { body: { items: [{ id: p1 }] } } }   # for all\n'

describe('--update', () => {
  test('writes status and body into a test that expects nothing', async () => {
    const text = `${mocks}tests:\n  - name: a   # first\n    request: { query: { city: rome } }\n`
    expect(await update(text)).toBe(
      `${text}    expect:\n      status: 200\n      body:\n        city: rome\n        items:\n          - id: p1\n`,
    )
  })

  test('adds the body that an `expect` lacks, and no other member', async () => {
    const text = `${mocks}tests:\n  - name: a\n    expect: { degraded: [] }   # nothing\n`
    expect(await update(text)).toBe(
      text.replace(
        'expect: { degraded: [] }',
        'expect:\n      degraded: []\n      body:\n        city: paris\n        items:\n          - id: p1',
      ),
    )
  })

  test('replaces a body that differs, and leaves one that does not as it is written', async () => {
    const same = `${mocks}tests:\n  - name: a\n    expect:\n      body: { "items":   [ {id: p1} ], city: paris }\n`
    expect(await update(same)).toBe(same)
    expect(await update(same.replace('p1} ]', 'p2} ]'))).toBe(
      `${mocks}tests:\n  - name: a\n    expect:\n      body:\n        city: paris\n        items:\n          - id: p1\n`,
    )
  })

  test.each([
    ['that says what it wants by `match`', 'expect: { match: { $.city: rome } }'],
    ['whose calls are not all answered', 'mocks: { recommend: { when: "false" } }'],
    [
      'whose status is wrong, but whose body is right',
      'expect: { status: 201, body: { city: paris, items: [{ id: p1 }] } }',
    ],
  ])('leaves a test alone %s', async (_name, members) => {
    const text = `${mocks}tests:\n  - { name: a, ${members} }\n`
    expect(await update(text)).toBe(text)
  })

  test('writes into the requests of a test that say something', async () => {
    const text = `${mocks}tests:\n  - name: a\n    requests:\n      - {}\n      - expect: { status: 200 }\n`
    expect(await update(text)).toBe(
      text.replace(
        '- expect: { status: 200 }',
        '- expect:\n          status: 200\n          body:\n            city: paris\n            items:\n              - id: p1',
      ),
    )
  })

  test('what it wrote passes, and is not written again', async () => {
    const once = await update(`${mocks}tests:\n  - name: a\n  - name: b\n    request: { query: { city: rome } }\n`)
    const { suites } = await run(once, snapshot)
    expect(suites[0]!.results.map(({ problems }) => problems)).toEqual([[], []])
    expect(await update(once)).toBe(once)
  })
})
