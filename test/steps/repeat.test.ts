import { describe, expect, test } from '@jest/globals'
import { countCalls } from '../../src/describe/explain/calls.ts'
import { latencyOf } from '../../src/describe/explain/latency.ts'
import { GatewayError } from '../../src/errors.ts'
import { buildSnapshot } from '../../src/plan/build.ts'
import type { AggregatedRoute } from '../../src/plan/snapshot.ts'
import { VirtualClock } from '../../src/testing/virtual-clock.ts'
import { type Mock, runRoute } from '../support/engine.ts'
import { describeDiagnostic, loadProject, projectTexts, takeMarks, world } from '../support/project.ts'

const files = {
  gateway: '',
  dictionary: `${world.dictionary}
  page.cursor: { type: string }
  page.items: { type: array, items: { type: string } }
  page.all: { type: array, items: { type: string } }
  job.state: { type: string }
  job.states: { type: array, items: { type: string } }
  tries: { type: integer }
`,
  'services/shop': `
service: shop
endpoints: [http://127.0.0.1:9]
timeout: 100ms
cache: { ttl: 30s }
operations:
  page: { get: /page, in: { page.cursor?: query.cursor }, out: { page.items: $.items, page.cursor: $.next } }
  job: { get: /job, out: { job.state: $.state } }
`,
}

async function run(route: string, mocks: Record<string, Mock> = {}) {
  const clock = new VirtualClock()
  const result = await clock.passUntil(runRoute(`timeout: 5s\n${route}`, { clock, files, mocks }), 60_000)
  const headers = result.outcome.kind === 'answer' ? result.outcome.headers : {}
  return { ...result, took: clock.now(), degraded: headers['tessera-degraded'] }
}
const inTurn = (answers: readonly unknown[]): Mock => {
  let turn = 0
  return () => answers[Math.min(turn++, answers.length - 1)]
}
const poll = (keys: string, rest = '') => `
do:
  - id: poll
    repeat: { until: job.state == 'done', ${keys} }
    do: [ { invoke: shop.job } ]
    collect: { job.states: $.job.state }
${rest}
response: { body: { state: $.job.state, states: { $default: [ $.job.states, none ] } } }`

function load(route: string) {
  const { routes } = loadProject({ ...files, 'routes/home': `match: GET /home\n${route}` })
  return (routes[0] as AggregatedRoute).bound
}

describe('repeat', () => {
  test('reads pages until the end, each turn with what the one before gave, and joins the lists', async () => {
    const { body, requests } = await run(
      `
do:
  - repeat: { until: 'index >= 2', max: 5 }
    do: [ { invoke: shop.page } ]
    collect: { page.all: $.page.items }
response: { body: { all: $.page.all, cursor: $.page.cursor } }`,
      { 'shop.page': inTurn([{ items: ['a', 'b'], next: 'c1' }, { items: ['c'], next: 'c2' }, { items: [] }]) },
    )
    expect(requests.map(({ path }) => path)).toEqual(['/page', '/page?cursor=c1', '/page?cursor=c2'])
    expect(body).toEqual({ all: ['a', 'b', 'c'], cursor: 'c2' })
  })

  test('asks after each turn, waits between two, and makes one turn at least', async () => {
    const mocks = { 'shop.job': inTurn([{ state: 'new' }, { state: 'busy' }, { state: 'done' }]) }
    const { body, took } = await run(poll('max: 10, every: 200ms'), mocks)
    expect([body, took]).toEqual([{ state: 'done', states: ['new', 'busy', 'done'] }, 400])
    const once = await run(poll('max: 10, every: 200ms'), { 'shop.job': { state: 'done' } })
    expect([once.body, once.took]).toEqual([{ state: 'done', states: ['done'] }, 0])
  })

  test('is not done after `max` turns', async () => {
    const { body, status, requests } = await run(poll('max: 3'), { 'shop.job': { state: 'busy' } })
    expect([body, status, requests.length]).toEqual(['not-done', 504, 3])
  })

  test('stops after `max` turns where it may, and the answer says so', async () => {
    const { body, degraded } = await run(poll('max: { turns: 2, then: stop }'), { 'shop.job': { state: 'busy' } })
    expect([body, degraded]).toEqual([
      { state: 'busy', states: ['busy', 'busy'] },
      'poll;source=skipped;error=not-done',
    ])
  })

  test('fails at once where its wait is longer than the budget', async () => {
    const { body, took } = await run(poll('max: 10, every: 2s'), { 'shop.job': { state: 'busy' } })
    expect([body, took]).toEqual(['timeout', 4000])
  })

  test('ends with the turn that fails', async () => {
    const { body, requests } = await run(poll('max: 10'), {
      'shop.job': inTurn([{ state: 'new' }, new GatewayError('unavailable')]),
    })
    expect([body, requests.length]).toEqual(['unavailable', 2])
  })

  test('counts each call and each turn', async () => {
    const calls = await run(`maxCalls: 4\n${poll('max: 10')}`, { 'shop.job': { state: 'busy' } })
    expect([calls.body, calls.requests.length]).toEqual(['too-much-work', 4])
    const turns = await run(`
maxWork: 2000
do:
  - assign: { tries: 0 }
  - repeat: { until: tries < 0, max: 1000 }
    do: [ { assign: { tries: '\${ tries + 1 }' } } ]
response: { body: $.tries }`)
    expect(turns.body).toBe('too-much-work')
  })

  test('keeps colors of one segment, and `index` of a loop around it', async () => {
    const { body } = await run(`
do:
  - assign: { tries: 0 }
  - forEach: { in: [ a, b ] }
    do:
      - repeat: { until: index >= 2, max: 5 }
        do: [ { assign: { tries: '\${ tries + 1 }' } } ]
    collect: { job.states: '\${ string(index) + "/" + string(tries) }' }
  - repeat: { until: tries >= 3, max: 5 }
    do: [ { assign: { tries: '\${ tries + 1 }' } } ]
response: { body: { tries: $.tries, each: $.job.states } }`)
    expect(body).toEqual({ tries: 3, each: ['0/3', '1/3'] })
  })

  test('asks backends anew, unless the route itself says `cache`', () => {
    const policies = (keys: string) => {
      const bound = load(
        `do: [ { repeat: { until: job.state == 'done', max: 3 }, do: [ { invoke: shop.job${keys} } ] } ]\nresponse: { body: $.job.state }`,
      )
      return bound.callSites[0]!.policies.map(({ kind }) => kind.name)
    }
    expect(policies('')).toEqual(['timeout'])
    expect(policies(', cache: { ttl: 1s }')).toEqual(expect.arrayContaining(['cache', 'coalesce']))
  })

  test('is explained at its worst', () => {
    const { body } = load(poll('max: 4, every: 200ms'))
    expect(latencyOf(body).ms).toBe(4 * 100 + 3 * 200)
    expect(countCalls(body)).toEqual([{ operation: 'shop.job', min: 1, max: 4, most: 4, per: undefined }])
  })

  test.each([
    [
      'what a turn needs of the one before has to be there for the first',
      `
do:
  - repeat: { until: tries > 3, max: 5 }
    do: [ { assign: { tries: '\${ «tries + 1 }' } } ]
response: { body: $.tries }`,
      ['absent-in-expression'],
    ],
    [
      'what each turn writes is there behind it',
      `
do: [ { repeat: { until: 'true', max: 5 }, do: [ { invoke: shop.job } ] } ]
response: { body: '\${ job.state + "!" }' }`,
      [],
    ],
    [
      'what `until` shows is there behind it',
      `
do: [ { repeat: { until: has(job.state), max: 5 }, do: [ { when: request.method == 'GET', invoke: shop.job } ] } ]
response: { body: '\${ job.state + "!" }' }`,
      [],
    ],
    [
      'and is not where it may stop',
      `
do: [ { repeat: { until: has(job.state), max: { turns: 5, then: stop } }, do: [ { when: request.method == 'GET', invoke: shop.job } ] } ]
response: { body: '\${ «job.state + "!" }' }`,
      ['absent-in-expression'],
    ],
    [
      'it has a bound',
      `
do: [ { «repeat: { until: 'true' }, do: [ { invoke: shop.job } ] } ]
response: { body: $.job.state }`,
      ['missing-key'],
    ],
    [
      '`index` is there only inside',
      `
do: [ { repeat: { until: 'true', max: 5 }, do: [ { invoke: shop.job } ] } ]
response: { body: [ $.job.state, «$.index ] }`,
      ['name-out-of-scope'],
    ],
  ])('%s', (_name, text, codes) => {
    const { files: clean, marks } = takeMarks({ ...files, 'routes/home': `match: GET /home${text}` })
    const told = buildSnapshot(projectTexts(clean)).diagnostics.filter(({ severity }) => severity !== 'hint')
    expect(told.map(describeDiagnostic)).toEqual(codes.map((code) => expect.stringContaining(`${code} ${marks[0]}`)))
  })
})
