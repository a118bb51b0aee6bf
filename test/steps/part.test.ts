import { describe, expect, test } from '@jest/globals'
import { countCalls } from '../../src/describe/explain/calls.ts'
import { latencyOf } from '../../src/describe/explain/latency.ts'
import { buildGraph, buildPartGraph } from '../../src/describe/graph/build.ts'
import { GatewayError } from '../../src/errors.ts'
import { buildSnapshot } from '../../src/plan/build.ts'
import type { AggregatedRoute } from '../../src/plan/snapshot.ts'
import { VirtualClock } from '../../src/testing/virtual-clock.ts'
import { type Mock, runRoute } from '../support/engine.ts'
import { describeDiagnostic, loadProject, projectTexts, takeMarks, world } from '../support/project.ts'

const files = {
  ...world,
  dictionary: `${world.dictionary}
  shelf.title: { type: string }
  shelf.left: { type: array }
  shelf.right: { type: array }
  note: { type: string }
`,
  'parts/shelf': `
in: [ geo.city, { user.segment: { default: new } }, user.id? ]
do:
  - invoke: reco.recommend
  - when: size(product.list) > 1
    assign: { shelf.title: '\${ "many for " + user.segment }' }
out: [ product.list, shelf.title? ]
`,
}
const home = (text: string) => ({ ...files, 'routes/home': `match: GET /home\n${text}` })
const two = { items: [{ id: 'p1' }, { id: 'p2' }] }
const start = 'in: { geo.city: { from: query.city, default: paris } }\ndo:'

async function run(text: string, mocks: Record<string, Mock> = {}, more: Record<string, string> = {}) {
  const clock = new VirtualClock()
  const result = await clock.passUntil(
    runRoute(`timeout: 1s\n${text}`, { clock, files: { ...files, ...more }, mocks }),
    60_000,
  )
  const headers = result.outcome.kind === 'answer' ? result.outcome.headers : {}
  return { ...result, took: clock.now(), degraded: headers['tessera-degraded'] }
}

function faults(text: string, parts: Record<string, string> = {}) {
  const { files: clean, marks } = takeMarks({ ...home(text), ...parts })
  const { diagnostics } = buildSnapshot(projectTexts(clean))
  const told = diagnostics.filter(({ severity }) => severity !== 'hint')
  return { told: told.map(describeDiagnostic), marks }
}

const page = `${start}
  - part: shelf
response: { body: { products: $.product.list, title: { $default: [ $.shelf.title, none ] } } }`

describe('a part', () => {
  test('takes its colors by their names, fills its defaults, and gives what it says', async () => {
    const { body, requests } = await run(page, { 'reco.recommend': two })
    expect(requests.map(({ path }) => path)).toEqual(['/recommend/paris?seg=new'])
    expect(body).toEqual({ products: two.items, title: 'many for new' })
    const one = await run(page, { 'reco.recommend': { items: [{ id: 'p1' }] } })
    expect(one.body).toEqual({ products: [{ id: 'p1' }], title: 'none' })
  })

  test('stands twice on a page, with other inputs and under other names', async () => {
    const { body } = await run(
      `do:
  - parallel:
      - { id: left, part: shelf, with: { geo.city: paris }, out: { shelf.left: $.product.list } }
      - { id: right, part: shelf, with: { geo.city: rome, user.segment: vip }, out: { shelf.right: $.product.list, note: $.shelf.title } }
response: { body: { left: $.shelf.left, right: $.shelf.right, note: $.note } }`,
      { 'reco.recommend': ({ path }: { path: string }) => ({ items: [{ id: path }, {}] }) },
    )
    expect(body).toEqual({
      left: [{ id: '/recommend/paris?seg=new' }, {}],
      right: [{ id: '/recommend/rome?seg=vip' }, {}],
      note: 'many for vip',
    })
  })

  test('sees nothing but what it takes, and nothing of what it does is seen outside', async () => {
    const { body } = await run(
      `${start}
  - assign: { user.segment: vip, note: mine, cart.sum: 1 }
  - part: peek
response: { body: { note: $.note, sum: $.cart.sum, order: $.order.total } }`,
      {},
      {
        'parts/peek': `
in: [ geo.city ]
do: [ { assign: { note: '\${ has(user.segment) || has(cart.sum) ? "leaks" : "tight" }', order.total: '\${ has(cart.sum) ? 1 : 2 }' } } ]
out: [ order.total ]`,
      },
    )
    expect(body).toEqual({ note: 'mine', sum: 1, order: 2 })
  })

  test('names its calls by the step that runs it, in reports and failures', async () => {
    const { outcome, stepOutcomes } = await run(
      `${start}\n  - { id: top, part: shelf }\nresponse: { body: $.product.list }`,
      {
        'reco.recommend': new GatewayError('timeout'),
      },
    )
    expect(outcome).toMatchObject({ kind: 'failure', error: { code: 'timeout', step: 'top/recommend' } })
    expect(Object.keys(stepOutcomes)).toEqual(expect.arrayContaining(['top', 'top/recommend']))
  })

  test('reads the records of its own calls by their own names', async () => {
    const { body } = await run(
      `${start} [ { part: told } ]\nresponse: { body: $.note }`,
      { 'reco.recommend': two },
      {
        'parts/told': `
in: [ geo.city ]
do:
  - { id: reco, invoke: reco.recommend, with: { user.segment: new } }
  - assign: { note: '\${ steps.reco.source }' }
out: [ note ]`,
      },
    )
    expect(body).toBe('live')
  })

  test('gives all of it or, when it fails, none', async () => {
    const { body, degraded } = await run(
      `${start}
  - { part: half, optional: true }
response: { body: { note: { $default: [ $.note, none ] }, products: { $default: [ $.product.list, [] ] } } }`,
      { 'reco.recommend': new GatewayError('unavailable') },
      {
        'parts/half':
          'in: [ geo.city ]\ndo: [ { assign: { note: half, user.segment: new } }, { invoke: reco.recommend } ]\nout: [ note, product.list ]',
      },
    )
    expect(body).toEqual({ note: 'none', products: [] })
    expect(degraded).toBe('half/recommend;source=skipped;error=unavailable')
  })

  test('that fails without a call is named itself', async () => {
    const parts = { 'parts/shut': 'do: [ { throw: { error: shut } } ]\nout: [ note? ]' }
    const text = (keys: string) => `do: [ { part: shut, ${keys} } ]\nresponse: { body: { $default: [ $.note, none ] } }`
    const left = await run(text('optional: true'), {}, parts)
    expect([left.body, left.degraded]).toEqual(['none', 'shut;source=skipped;error=shut'])
    const covered = await run(text('fallback: { assign: { note: open } }'), {}, parts)
    expect([covered.body, covered.degraded]).toEqual(['open', 'shut;source=fallback;error=shut'])
  })

  test('has fallbacks, tried in order, which give what it would have given', async () => {
    const { body } = await run(
      `${start}
  - part: shelf
    out: { shelf.left: $.product.list, note: '\${ has(shelf.title) ? shelf.title : "?" }' }
    fallback: [ { invoke: reco.recommend }, { assign: { shelf.left: [], note: empty } } ]
response: { body: { left: $.shelf.left, note: $.note } }`.replace(
        'in: {',
        'in: { user.segment: { from: query.s, default: vip },',
      ),
      { 'reco.recommend': new GatewayError('unavailable') },
    )
    expect(body).toEqual({ left: [], note: 'empty' })
  })

  test('has a time of its own, in which all of it ends', async () => {
    const slow = { 'parts/slow': 'do: [ { wait: 200ms }, { wait: 200ms }, { assign: { note: late } } ]\nout: [ note ]' }
    const { body, took } = await run(
      'do: [ { part: slow, timeout: 300ms, fallback: { assign: { note: soon } } }, { wait: 600ms } ]\nresponse: { body: $.note }',
      {},
      slow,
    )
    expect([body, took]).toEqual(['soon', 800])
  })

  test('runs parts, and counts their calls', async () => {
    const parts = {
      'parts/pair': `
in: [ geo.city ]
do:
  - { id: a, part: shelf, out: { shelf.left: $.product.list } }
  - { id: b, part: shelf, with: { geo.city: rome }, out: { shelf.right: $.product.list } }
out: [ shelf.left, shelf.right ]`,
    }
    const text = `${start} [ { part: pair } ]\nresponse: { body: [ $.shelf.left, $.shelf.right ] }`
    const { stepOutcomes } = await run(text, { 'reco.recommend': two }, parts)
    expect(Object.keys(stepOutcomes)).toEqual(expect.arrayContaining(['pair/a/recommend', 'pair/b/recommend']))
    const few = await run(`maxCalls: 1\n${text}`, { 'reco.recommend': two }, parts)
    expect(few.body).toBe('too-much-work')
  })

  test('is a box where it runs, a picture of its own, and explained with what is in it', () => {
    const snapshot = loadProject(
      home(page.replace('part: shelf', 'part: shelf\n    timeout: 10s').replace('in:', 'timeout: 20s\nin:')),
    )
    const route = snapshot.routes[0] as AggregatedRoute
    const { body, flows } = buildGraph(route, snapshot)
    expect(body).toMatchObject({
      shape: 'step',
      kind: 'part',
      title: 'part shelf',
      needs: ['geo.city'],
      gives: ['product.list', 'shelf.title'],
    })
    expect(flows.map(({ from, to }) => `${from}→${to}`)).toEqual(['request→shelf', 'shelf→response', 'shelf→response'])
    const own = buildPartGraph(snapshot.parts[0]!, snapshot)
    expect(own.match).toBe('part shelf')
    expect(JSON.stringify(own.body)).toContain('reco.recommend')
    expect(own.response?.needs).toEqual(['product.list', 'shelf.title'])
    expect(countCalls(route.bound.body)).toEqual([
      { operation: 'reco.recommend', min: 1, max: 1, most: 1, per: undefined },
    ])
    expect(latencyOf(route.bound.body).ms).toBe(1000)
  })

  test.each([
    [
      'needs what it takes',
      'do: [ { part: «shelf } ]\nresponse: { body: [ $.product.list ] }',
      {},
      ['color-never-produced'],
    ],
    [
      'takes nothing else',
      `${start} [ { part: shelf, with: { «cart.sum: 1 } } ]\nresponse: { body: [ $.product.list ] }`,
      {},
      ['unknown-color'],
    ],
    [
      'may not have given what is written with a ?',
      `${start} [ { part: shelf } ]\nresponse: { body: '\${ «shelf.title + "!" }' }`,
      {},
      ['absent-in-expression'],
    ],
    [
      'keeps what it does not give',
      `${start} [ { part: shelf } ]\nresponse: { body: [ $.product.list, «$.product.ids ] }`,
      {},
      ['color-never-produced'],
    ],
    [
      'gives what some way of it lacks only with a ?',
      'response: { body: 1 }',
      { 'parts/odd': "do: [ { when: request.method == 'GET', assign: { note: a } } ]\nout: [ «note ]" },
      ['color-maybe-absent'],
    ],
    [
      'does not respond',
      'response: { body: 1 }',
      {
        'parts/odd':
          'do: [ { assign: { note: a } }, { when: request.id == "", «respond: { status: 204 } } ]\nout: [ note ]',
      },
      ['misplaced-respond'],
    ],
    [
      'is not run in itself by way of another',
      'response: { body: 1 }',
      { 'parts/a': 'do: [ { part: «b } ]\nout: [ note ]', 'parts/b': 'do: [ { part: «a } ]\nout: [ note ]' },
      ['part-in-circle', 'part-in-circle'],
    ],
    [
      'is held against its types',
      `${start} [ { part: shelf, with: { geo.city: «[7] } } ]\nresponse: { body: [ $.product.list ] }`,
      {},
      ['type-mismatch'],
    ],
    [
      'of which a fault is told once, however many run it',
      `${start}\n  - { id: a, part: odd }\n  - { id: b, part: odd }\nresponse: { body: $.note }`,
      { 'parts/odd': 'do: [ { invoke: content.«nothing }, { assign: { note: a } } ]\nout: [ note ]' },
      ['unknown-operation'],
    ],
  ])('%s', (_name, text, parts, codes) => {
    const { told, marks } = faults(text, parts)
    const seen = told.filter((line) => codes.some((code) => line.startsWith(code)))
    expect(seen).toEqual(codes.map((code, index) => expect.stringContaining(`${code} ${marks[index] ?? ''}`)))
    expect(told).toHaveLength(codes.length)
  })

  test('lets no secret out by way of it', () => {
    const { told } = faults('do: [ { part: pay } ]\nresponse: { body: $.note }', {
      'parts/pay':
        'do:\n  - { invoke: user.pay, with: { cart.sum: 1 } }\n  - assign: { note: $.payment.token }\nout: [ note ]',
    })
    expect(told).toEqual([expect.stringContaining('secret-in-response')])
  })

  test('that runs others twice is bounded', () => {
    const doubling = Object.fromEntries(
      Array.from({ length: 16 }, (_, index) => [
        `parts/p${index}`,
        index === 0
          ? 'do: [ { assign: { note: a } } ]\nout: [ note ]'
          : `do: [ { id: a, part: p${index - 1} }, { id: b, part: p${index - 1} } ]\nout: [ note ]`,
      ]),
    )
    const { told } = faults('do: [ { part: p15 } ]\nresponse: { body: $.note }', doubling)
    expect(told.length).toBeGreaterThan(0)
    expect(told.every((line) => line.startsWith('part-in-circle'))).toBe(true)
  })
})
