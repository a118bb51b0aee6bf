import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { parseJson, printJson } from '../../../src/json-text.ts'
import type { AggregatedRoute } from '../../../src/plan/snapshot.ts'
import type { Answer, Failure } from '../../../src/run/outcome.ts'
import { openRoute } from '../../support/memory-backends.ts'
import { loadProject } from '../../support/project.ts'

const project = {
  dictionary: `
colors:
  a.list: { type: array }
  a.one: {}
  b.all: {}
  b.every: { type: array }
  geo.city: { type: string }
`,
  'services/s': `
service: s
endpoints: [http://127.0.0.1:9]
operations:
  a: { get: /a, out: { a.list: $.data.list, a.one: $.one } }
  b: { get: /b, out: { b.all: $, b.every: '$.list[*].id' } }
  broken: { get: /broken, out: { b.all: $ } }
`,
}

async function run(route: string, bodies: Readonly<Record<string, string | Buffer>>): Promise<Answer | Failure> {
  const snapshot = loadProject({ ...project, 'routes/home': `match: GET /home\n${route}` })
  const opened = openRoute(snapshot.routes[0] as AggregatedRoute, ({ path }) => bodies[path])
  const outcome = await opened.run({ query: { city: 'Köln' } })
  await opened.close()
  return outcome
}

/** The answer's text. */
async function answer(route: string, bodies: Readonly<Record<string, string | Buffer>>): Promise<string> {
  const outcome = await run(route, bodies)
  if (outcome.kind === 'failure') throw outcome.error
  return Buffer.from(outcome.body!).toString()
}

const callBoth = 'in: { geo.city: query.city }\ndo: [ { parallel: [ { invoke: s.a }, { invoke: s.b } ] } ]\n'

describe('a response that only takes values from bodies', () => {
  test('passes numbers, escapes and spaces on as they were sent', async () => {
    const list = '[{"id": 1.0, "n":12345678901234567890, "t":"\\u4e2d 中"}]'
    expect(
      await answer(`${callBoth}response: { body: { list: $.a.list } }`, {
        '/a': `{"data":{"list":${list}}}`,
        '/b': '1',
      }),
    ).toBe(`{"list":${list}}`)
  })

  test('maps lists, leaves out what is absent, and mixes in values that are none of a body', async () => {
    const route = `${callBoth}response:
  body:
    city: $.geo.city
    all: $.b.all
    list: { $each: $.a.list, $map: { id: $.item.id, link: 'x://\${ item.?id }/\${ geo.city }', deep: '$.item.a.b[0]' } }
    none: $.a.one.nothing`
    const bodies = { '/a': '{"data":{"list":[{"id":7,"a":{"b":[true]}},{"id":null},3]},"one":{}}', '/b': '{"x":[]}' }
    const text = await answer(route, bodies)
    expect(JSON.parse(text)).toEqual({
      city: 'Köln',
      all: { x: [] },
      list: [{ id: 7, link: 'x://7/Köln', deep: true }, { id: null, link: 'x:///Köln' }, { link: 'x:///Köln' }],
    })
  })

  test('fails for what is absent inside text, as one of parsed values does', async () => {
    const route = `${callBoth}response: { body: { $each: $.a.list, $map: { link: 'x://\${ item.id }' } } }`
    const absent = answer(route, { '/a': '{"data":{"list":[{"id":7},{}]}}', '/b': '{}' })
    await expect(absent).rejects.toMatchObject({ code: 'expression-failed', step: 'response', detail: undefined })
    const isNull = answer(route, { '/a': '{"data":{"list":[{"id":null}]}}', '/b': '{}' })
    expect(await isNull).toBe('[{"link":"x://"}]')
  })

  test('fails for the first of several parts that fail, as one of parsed values does', async () => {
    const body = '{ text: "n ${ a.one.x }", none: { $each: $.geo.city, $map: $.item } }'
    const sent = { '/a': '{"data":{"list":[]},"one":{}}', '/b': '1' }
    const outcome = await run(`${callBoth}response: { body: ${body} }`, sent)
    expect(outcome).toMatchObject({ kind: 'failure', error: { code: 'expression-failed' } })
  })

  test('is parsed where an assignment reads a color that the one above may leave as the call gave it', async () => {
    const route = `do:
  - invoke: s.a
  - assign: { a.one: $.request.query.nothing, geo.city: '\${ "Hi " + a.one }' }
response: { body: { city: $.geo.city, list: $.a.list } }`
    expect(await answer(route, { '/a': '{"data":{"list":[1]},"one":"mei"}' })).toBe('{"city":"Hi mei","list":[1]}')
  })

  test('is parsed where the class of later calls is told by it', () => {
    const indexes = (priority: string) => {
      const route = `match: GET /home\n${priority}in: { a.one?: query.one }
do: [ { invoke: s.a } ]
response: { body: { one: $.a.one, list: $.a.list } }`
      const { callSites } = loadProject({ ...project, 'routes/home': route }).routes[0] as AggregatedRoute
      return callSites[0]!.indexBody !== undefined
    }
    expect(indexes('')).toBe(true)
    expect(indexes(`priority: "\${ a.one == 'vip' ? 'high' : 'low' }"\n`)).toBe(false)
  })

  test('is made of parsed values where anything else reads what a call gives', async () => {
    const body = '{"data":{"list":[1.0]},"one":2}'
    const asked = `do: [ { invoke: s.a }, { when: has(a.list), empty: } ]\nresponse: { body: { list: $.a.list } }`
    expect(await answer(asked, { '/a': body })).toBe('{"list":[1.0]}')
    const header = `do: [ { invoke: s.a } ]\nresponse: { headers: { x-one: $.a.one }, body: { list: $.a.list, one: $.a.one } }`
    expect(await answer(header, { '/a': body })).toBe('{"list":[1.0],"one":2}')
    const record = `do: [ { invoke: s.a } ]\nresponse: { body: { list: $.a.list, was: $.steps.a } }`
    expect(await answer(record, { '/a': body })).toContain('"list":[1.0]')
  })

  test('passes whole bodies on, by their record or by a color', async () => {
    const route = `do: [ { parallel: [ { invoke: s.a, id: a-1 }, { invoke: s.b } ] } ]
response: { body: { a: '$.steps["a-1"].body', ok: '\${ steps["a-1"].status == 200 }', b: $.b.all, n: '$.steps.b.body[0]' } }`
    const bodies = { '/a': '{ "data": 1.0 }', '/b': '[1e2,\n2]' }
    expect(await answer(route, bodies)).toBe('{"a":{ "data": 1.0 },"ok":true,"b":[1e2,\n2],"n":1e2}')
  })

  test('takes the first of several that is there and not null', async () => {
    const route = `do: [ { invoke: s.a, optional: true }, { invoke: s.b } ]
response: { body: { list: { $each: { $default: [ $.a.list, $.a.one, $.b.all, [] ] }, $map: $.item.id } } }`
    expect(await answer(route, { '/a': '{"data":{"list":[{"id":1.0}]}}', '/b': '[{"id":2.0}]' })).toBe('{"list":[1.0]}')
    expect(await answer(route, { '/a': '{"data":{"list":null},"one":null}', '/b': '[{"id":2.0}]' })).toBe(
      '{"list":[2.0]}',
    )
    expect(await answer(route, { '/b': 'null' })).toBe('{"list":[]}')
  })

  test('takes a fallback as it takes a body', async () => {
    const route = `do: [ { invoke: s.b, fallback: { body: { x: [1, 2] } } } ]\nresponse: { body: { first: '$.b.all.x[0]', all: $.b.all } }`
    expect(await answer(route, {})).toBe('{"first":1,"all":{"x":[1,2]}}')
    const assigned = `do: [ { invoke: s.b, fallback: { assign: { b.all: { x: [3] } } } } ]\nresponse: { body: { first: '$.b.all.x[0]' } }`
    expect(await answer(assigned, {})).toBe('{"first":3}')
  })

  test('leaves out the parts of a call that failed and may', async () => {
    const route = `do: [ { invoke: s.a, optional: true }, { invoke: s.b } ]\nresponse: { body: { list: $.a.list, one: $.a.one, all: $.b.all } }`
    const outcome = (await run(route, { '/b': '1' })) as Answer
    expect(Buffer.from(outcome.body!).toString()).toBe('{"all":1}')
    expect(outcome.degraded).toMatchObject([{ step: 'a', error: 'http-503' }])
  })

  test.each(['{"a":', '{"a":1}}', '{"a":01}', '["\u0001"]', '{"a":"\\x"}', '\ufeff{}x', ''.padStart(600, '[')])(
    'fails for a body that is no JSON: %j',
    async (body) => {
      const outcome = await run('do: [ { invoke: s.b } ]\nresponse: { body: { all: $.b.all } }', { '/b': body })
      expect(outcome.kind === 'failure' && outcome.error.code).toBe('invalid-response')
    },
  )

  test('fails for a body that is not UTF-8', async () => {
    const outcome = await run('do: [ { invoke: s.b } ]\nresponse: { body: { all: $.b.all } }', {
      '/b': Buffer.from([0x22, 0xff, 0x22]),
    })
    expect(outcome.kind === 'failure' && outcome.error.code).toBe('invalid-response')
  })

  test('is, for any bodies, what the template makes of parsed ones', async () => {
    const bodies = ['one: $.a.one', 'x: $.a.one.x', "all: [ $.b.all, '$.b.all.list[1]', literal, $.a.list ]"]
    const each = [
      'list: { $each: $.a.list, $map: $.item }',
      'list: { $each: $.a.list, $map: { id: $.item.id, t: "n ${ item.id } of ${ geo.city } ${ b.all }", k: [ $.item.x, 1 ] } }',
      'list: { $each: $.b.all.list, $map: { $each: $.item.list, $map: { v: $.item.x, c: $.geo.city } } }',
      'list: { $each: $.a.list, $map: { i: $.index, first: "${ item.id == 1 ? 2 : 3 }" } }',
      'list: { $default: [ $.a.list, none ] }',
      'list: { $each: { $default: [ $.a.list, $.b.all, [] ] }, $map: { id: $.item.id } }',
      'list: { $default: [ $.a.one.x, $.a.list ] }',
    ]
    const json = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        fc.constantFrom(null, true, 0, -1, 1.5, 1e21, '', 'é"\\', '中'),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom('id', 'x', 'list', 'one', 'data', '"'), tie('value'), { maxKeys: 4 }),
      ),
    })).value
    const members = fc.uniqueArray(fc.constantFrom(...bodies, ...each), {
      minLength: 1,
      maxLength: 4,
      selector: (line) => line.split(':')[0],
    })
    await fc.assert(
      fc.asyncProperty(members, json, json, json, async (lines, list, one, all) => {
        const sent = { '/a': JSON.stringify({ data: { list }, one }), '/b': JSON.stringify(all) }
        const response = `response: { body: { ${lines.join(', ')} } }`
        // Asking whether a color is there is reason enough to parse it.
        const parsing = callBoth.replace(/ ]\n$/, ', { when: has(a.list) || has(a.one) || has(b.all), empty: } ]\n')
        const [bytes, parsed] = await Promise.all([run(callBoth + response, sent), run(parsing + response, sent)])
        if (parsed.kind === 'failure')
          expect(bytes).toMatchObject({ kind: 'failure', error: { code: parsed.error.code } })
        else expect(printed((bytes as Answer).body)).toBe(printed(parsed.body))
      }),
      { numRuns: 150 },
    )
  })
})

/** Without spaces and escapes, its numbers as they are. */
function printed(body: Uint8Array | undefined): string {
  return printJson(parseJson(Buffer.from(body!).toString()))
}
