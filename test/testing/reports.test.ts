import { describe, expect, test } from '@jest/globals'
import pc from 'picocolors'
import { testReports } from '../../src/testing/reports/index.ts'
import type { TestRun } from '../../src/testing/run.ts'
import { load, run } from '../support/route-tests.ts'

const snapshot = load(`
in: { geo.city: { from: query.city, default: paris }, product.ids?: query.ids }
do:
  - when: geo.city != 'rome'
    invoke: reco.recommend
    optional: true
response: { body: { city: $.geo.city, text: 'a <b> & "c"' } }
`)
const text = `tests:
  - name: it passes
    mocks: { recommend: { delay: 100ms, body: { items: [] } } }
    expect: { status: 200 }
  - name: it <fails>
    mocks: { recommend: { body: {} } }
    expect:
      status: 201
      match: { $.text: x, $.city: [1] }
  - name: it lacks a mock
    expect: { status: 200 }
`
const plain = pc.createColors(false)
const shown: TestRun = await run(text, snapshot, { coverage: true })

describe('a report', () => {
  test('for people shows every test, what differs with its line, what was missed, and a sum', () => {
    expect(testReports.pretty(shown, plain).replace(/\d+ ms for/, 'N ms for')).toBe(
      `routes/home.test.yaml GET /home
  ✓ it passes
  ✗ it <fails>
      routes/home.test.yaml:8  the status is 200, not 201
      routes/home.test.yaml:9  \`$.text\` differs
        $.text
        - "x"
        + "a <b> & \\"c\\""
      routes/home.test.yaml:9  \`$.city\` differs
        $.city
        - [1]
        + "paris"
  ✗ it lacks a mock
      routes/home.test.yaml:10  reco.recommend (GET /v1/recommend/paris?size=3): the route called it, and no mock answers

   50 %  routes/home.yaml
           routes/home.yaml:5  \`reco.recommend\` was never skipped: its \`when\` always held
coverage 50 % (1 of 2)

3 tests: 2 failed (N ms for 100 ms of virtual time)`,
    )
  })

  test('is cut where values or differences are too many', async () => {
    const list = JSON.stringify(Array.from({ length: 15 }, (_, index) => 'x'.repeat(index === 0 ? 500 : 1)))
    const { suites } = await run(
      `tests: [ { name: a, request: { query: { city: rome } }, expect: { body: { city: rome, text: ${list} } } } ]`,
      snapshot,
    )
    const lines = testReports.pretty({ suites, coverage: undefined }, plain).split('\n')
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(220)
    const own = load('response: { body: [1,2,3,4,5,6,7,8,9,10,11,12] }')
    const many = await run('tests: [ { name: a, expect: { body: [0,0,0,0,0,0,0,0,0,0,0,0] } } ]', own)
    expect(testReports.pretty(many, plain)).toContain('… and 2 more')
  })

  test('for programs holds the same as JSON', () => {
    const report = JSON.parse(testReports.json(shown, plain))
    expect(report).toMatchObject({
      tests: 3,
      failed: 2,
      virtualMs: 100,
      suites: [{ file: 'routes/home.test.yaml', route: 'home' }],
      coverage: { percent: 50, total: 2, reached: 1, routes: [{ route: 'home', file: 'routes/home.yaml' }] },
    })
    expect(report.suites[0].tests[0]).toMatchObject({
      name: 'it passes',
      line: 2,
      passed: true,
      virtualMs: 100,
      problems: [],
    })
    expect(report.suites[0].tests[1].problems[1]).toEqual({
      file: 'routes/home.test.yaml',
      line: 9,
      column: 16,
      message: '`$.text` differs',
      differences: [{ where: '$.text', expected: 'x', actual: 'a <b> & "c"' }],
    })
  })

  test('for CI is XML, whatever stands in it', () => {
    const xml = testReports.junit(shown, plain).replaceAll(/time="[\d.]+"/g, 'time="T"')
    expect(xml.split('\n').slice(0, 5)).toEqual([
      '<?xml version="1.0" encoding="UTF-8"?>',
      '<testsuites tests="3" failures="2" time="T">',
      '  <testsuite name="routes/home.test.yaml" tests="3" failures="2" time="T">',
      '    <testcase classname="home" name="it passes" file="routes/home.test.yaml" line="2" time="T"/>',
      '    <testcase classname="home" name="it &lt;fails&gt;" file="routes/home.test.yaml" line="5" time="T">',
    ])
    expect(xml).toContain('+ &quot;a &lt;b&gt; &amp; \\&quot;c\\&quot;&quot;')
    expect(openTags(xml)).toEqual([])
  })

  test('for CI holds nothing that XML cannot', async () => {
    const odd = load('response: { body: 1 }')
    const { suites } = await run('tests: [ { name: "bell \\a and \\ud800", expect: { status: 201 } } ]', odd)
    expect(testReports.junit({ suites, coverage: undefined }, plain)).toContain('name="bell \ufffd and \ufffd"')
  })
})

/** The tags that are still open at the end; throws where one is closed that is not open. */
function openTags(xml: string): string[] {
  const open: string[] = []
  for (const [, closes, name, alone] of xml.matchAll(/<(\/?)(\w+)[^<>]*?(\/?)>/g)) {
    if (closes === '' && alone === '') open.push(name!)
    else if (closes !== '' && open.pop() !== name) throw new Error(`${name} is not open`)
  }
  return open
}
