import { describe, expect, test } from '@jest/globals'
import { takeMarks } from '../support/project.ts'
import { load, read, services } from '../support/route-tests.ts'

const snapshot = load(
  `
in: { geo.city: { from: query.city, default: paris }, product.ids?: query.ids }
do: [ { invoke: reco.recommend } ]
response: { body: $.product.list }
`,
  {
    ...services,
    'routes/product': 'match: GET /products/{id}\nresponse: { body: 1 }',
    'routes/files': 'match: ANY /files/*rest\nproxy: reco',
  },
)

type Case = [name: string, text: string, message: RegExp, path?: string]

/** The faults of a test file as `code line:column message (help)`, and where `«` says they should be. */
function faultsOf(text: string, path = 'routes/home.test.yaml') {
  const { files, marks } = takeMarks({ [path.replace('.yaml', '')]: text })
  const { faults } = read(Object.values(files)[0]!, snapshot, path)
  return { faults, places: faults.map((fault) => fault.split(' ')[1]), marks }
}

describe('a faulty test file is told at its place', () => {
  test.each<Case>([
    ['a slip in a key', 'tests: [ { name: a, «reqest: {} } ]', /unknown-key .*did you mean `request`/],
    ['a slip in a key of an answer', 'tests: [ { name: a, mocks: { reco.recommend: { «stauts: 200 } } } ]', /`stauts`/],
    [
      'a slip in one of several answers',
      'tests: [ { name: a, mocks: { reco.recommend: [ {}, { «stauts: 200 } ] } } ]',
      /`stauts`/,
    ],
    ['a test without a name', 'tests: [ «{ request: {} } ]', /missing-key .*`name`/],
    ['a status that is none', 'tests: [ { name: a, expect: { status: «20 } } ]', /at least 200/],
    [
      'a delay without a unit',
      'tests: [ { name: a, mocks: { reco.recommend: { delay: «5 } } } ]',
      /not a duration.*150ms/,
    ],
    [
      'a failure that does not exist',
      'tests: [ { name: a, mocks: { reco.recommend: { fail: «timout } } } ]',
      /did you mean `timeout`/,
    ],
    [
      'a body and a text',
      'tests: [ { name: a, mocks: { reco.recommend: { body: 1, text: «x } } } ]',
      /`body` or a `text`/,
    ],
    [
      'a failure with a status',
      'tests: [ { name: a, mocks: { reco.recommend: { fail: timeout, status: «500 } } } ]',
      /no `status`/,
    ],
    [
      'a coded body',
      'tests: [ { name: a, mocks: { reco.recommend: { headers: «{ Content-Encoding: gzip } } } } ]',
      /content-encoding/,
    ],
    [
      '`request` beside `requests`',
      'tests: [ { name: a, request: «{}, requests: [ {} ] } ]',
      /into each of the `requests`/,
    ],
    [
      'an operation that the route does not call',
      'tests: [ { name: a, mocks: { «reco.recomend: {} } } ]',
      /unknown-operation .*did you mean `reco.recommend`/,
    ],
    ['one for every test', 'mocks: { «content.banners: {} }\ntests: []', /unknown-operation .*it calls reco.recommend/],
    [
      'a step that the route does not have',
      'tests: [ { name: a, mocks: { «recomend: {} } } ]',
      /unknown-step .*did you mean `recommend`/,
    ],
    ['a call that is not one', 'tests: [ { name: a, expect: { calls: [ «banners ] } } ]', /unknown-step/],
    [
      'a call that is not one, in a mapping',
      'tests: [ { name: a, expect: { calls: { «banners: 1 } } } ]',
      /unknown-step/,
    ],
    [
      'a degraded part that is no call',
      'tests: [ { name: a, expect: { degraded: [ «banners ] } } ]',
      /unknown-step .*recommend/,
    ],
    ['a wrong JSONPath', "tests: [ { name: a, expect: { match: { «'$.a[': 1 } } } ]", /invalid-jsonpath/],
    [
      'a wrong regular expression',
      "tests: [ { name: a, expect: { match: { $.a: { matches: «'(' } } } } ]",
      /invalid-value/,
    ],
    [
      'a regular expression that may hang',
      "tests: [ { name: a, expect: { headers: { a: { matches: «'^(a+)+$' } } } } ]",
      /unsafe-pattern/,
    ],
    [
      'an expression that is wrong',
      "tests: [ { name: a, mocks: { reco.recommend: { when: 'request.path ==« ' } } } ]",
      /invalid-expression/,
    ],
    [
      'a color in a mock',
      'tests: [ { name: a, mocks: { reco.recommend: { body: { a: «$.geo.city } } } } ]',
      /unknown-color .*a mock sees `request`/,
    ],
    [
      'a path that cannot be guessed',
      'tests: [ «{ name: a } ]',
      /missing-key .*\/products\/\{id\}/,
      'routes/product.test.yaml',
    ],
    ['a bracket that is not closed', 'tests: [ { name: a }\n«', /yaml-syntax/],
    ['no tests at all', '«mocks: {}', /missing-key .*`tests`/],
    ['a file without its route', '«tests: []', /there is no routes\/nowhere.yaml/, 'routes/nowhere.test.yaml'],
    ['a route that passes through', '«tests: []', /passes requests through/, 'routes/files.test.yaml'],
  ])('%s', (...[, text, message, path]: Case) => {
    const { faults, places, marks } = faultsOf(text, path)
    expect(faults).toEqual([expect.stringMatching(message)])
    expect(places).toEqual(marks)
  })

  test('all at once', () => {
    const { faults } = faultsOf('tests: [ { name: a, expect: { status: 20, matsch: {} } }, { nmae: b } ]')
    expect(faults.map((fault) => fault.split(' ')[0])).toEqual(['invalid-value', 'unknown-key', 'unknown-key'])
  })
})

test('a test file may say `${env.NAME}`, and finds its route in any folder', () => {
  const nested = load('response: { body: 1 }', { ...services, 'routes/a/b': 'match: GET /b\nresponse: { body: 1 }' })
  const { suites, faults } = read('tests: [ { name: "${env.WHO:-nobody}" } ]', nested, 'routes/a/b.test.yml')
  expect(faults).toEqual([])
  expect([suites[0]!.route.name, suites[0]!.tests[0]!.name]).toEqual(['b', 'nobody'])
})
