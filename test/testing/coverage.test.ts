import { describe, expect, test } from '@jest/globals'
import { sumCoverage } from '../../src/testing/reports/totals.ts'
import { load, run, services } from '../support/route-tests.ts'

const snapshot = load(
  `
in: { geo.city: { from: query.city, default: paris }, user.id?: query.user }
do:
  - branch:
      - when: has(user.id)
        do:
          - try: [ { invoke: user.profile } ]
            catch:
              - errors: [session-expired]
                do: [ { respond: { status: 401 } } ]
              - errors: [timeout, http-5xx]
                do: [ { assign: { user.segment: anonymous } } ]
  - when: user.segment == 'vip'
    branch:
      - when: geo.city == 'paris'
        do: [ { branch: [ { when: 'false', do: [ empty ] }, { default: [ empty ] } ] } ]
      - default: [ empty ]
  - invoke: content.banners
    fallback:
      - lastGood: 10m
      - { invoke: reco.recommend }
      - body: { banners: [] }
catch:
  - errors: [all]
    do: [ { respond: { status: 500 } } ]
response: { body: $.banner.list }
`,
  { ...services, 'services/reco': services['services/reco']!.replace(', product.ids?: query.ids', '') },
)

const banners = '{ body: { banners: [b] } }'

/** \`line what\` of everything that these tests do not reach. */
async function missedBy(...tests: string[]): Promise<string[]> {
  const { suites, coverage } = await run(
    `tests:\n${tests.map((one) => `  - { name: t, ${one} }\n`).join('')}`,
    snapshot,
    { coverage: true },
  )
  expect(suites[0]!.results.flatMap(({ problems }) => problems)).toEqual([])
  const [route] = coverage!
  const { missed, total, reached } = route!
  expect(missed.length <= total - reached && missed.length > 0 === total > reached).toBe(true)
  return missed.map(({ at, what }) => `${at.line} ${what}`)
}

const guest = `mocks: { banners: ${banners} }, expect: { status: 200 }`
const vip = `request: { query: { user: u1 } }, mocks: { banners: ${banners}, profile: { body: { segment: vip } } }, expect: { status: 200 }`

describe('coverage', () => {
  test('names what a test did not reach, but nothing inside of that', async () => {
    expect(await missedBy(guest)).toEqual([
      '6 the arm `has(user.id)` was never taken',
      '15 this branch never ran',
      ...neverCovered,
    ])
  })

  test('knows both ways of a `when`, every arm, and none of them', async () => {
    expect(await missedBy(vip)).toEqual([
      '10 the catch of session-expired never ran',
      '12 the catch of timeout, http-5xx never ran',
      '5 one arm always held: no test has none of them hold',
      '14 this branch was never skipped: its `when` always held',
      '17 the arm `false` was never taken',
      '18 the default was never taken',
      ...neverCovered,
    ])
    const elsewhere = vip.replace('user: u1', 'user: u1, city: rome')
    expect(await missedBy(vip, guest, elsewhere)).toEqual([
      '10 the catch of session-expired never ran',
      '12 the catch of timeout, http-5xx never ran',
      '17 the arm `false` was never taken',
      ...neverCovered,
    ])
  })

  test('counts a catch when it runs, a fallback when it answers', async () => {
    const expired = vip.replace('{ body: { segment: vip } }', '{ status: 401 }').replace('status: 200', 'status: 401')
    const down = vip.replace('{ body: { segment: vip } }', '{ status: 500 }')
    const stale = `requests: [ { mocks: { banners: ${banners} } }, { mocks: { banners: { status: 500 } }, expect: { degraded: [banners] } } ]`
    const other = `mocks: { banners: { status: 500 }, reco.recommend: { body: { items: [] } } }, expect: { degraded: [banners] }`
    const fixed = `mocks: { banners: { status: 500 }, reco.recommend: { status: 500 } }, expect: { degraded: [banners] }`
    const elsewhere = vip.replace('user: u1', 'user: u1, city: rome')
    expect(await missedBy(vip, guest, elsewhere, expired, down, stale, other, fixed)).toEqual([
      '17 the arm `false` was never taken',
      '25 the catch of all never ran',
    ])
  })

  test('is zero for a route without tests, and full for one with nothing to reach', async () => {
    const two = load('response: { body: 1 }', {
      ...services,
      'routes/other': 'match: GET /other\ndo: [ empty ]\nresponse: { body: 2 }',
    })
    const { coverage } = await run('tests: []', two, { coverage: true })
    const figures = coverage!.map(({ route, reached, total }) => [route, sumCoverage([{ reached, total }]).percent])
    expect(figures).toEqual([
      ['home', 100],
      ['other', 0],
    ])
  })
})

const neverCovered = [
  '21 the fallback of banners never answered (last good answer, up to 10m old)',
  '22 the fallback of banners never answered (reco.recommend)',
  '23 the fallback of banners never answered (a fixed answer)',
  '25 the catch of all never ran',
]
