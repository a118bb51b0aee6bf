import { describe, expect, test } from '@jest/globals'
import { buildSnapshot } from '../../src/plan/build.ts'
import { findComments } from '../../src/yaml/comments.ts'
import { describeDiagnostic, type ProjectFiles, projectTexts, world } from '../support/project.ts'

/** What is said of a route, hints about the world's own services aside. */
function check(route: string, others: ProjectFiles = {}): string[] {
  const { diagnostics } = buildSnapshot(projectTexts({ ...world, ...others, 'routes/home': `match: GET /x\n${route}` }))
  return diagnostics.filter(({ at }) => at.file.startsWith('routes/')).map(describeDiagnostic)
}

const unused = 'unused-output routes/home.yaml:'

describe('a comment silences a hint or a warning', () => {
  test('at the end of its line', () => {
    const loud = 'do:\n  - assign: { cart.sum: 1 }\nresponse: { body: 1 }'
    expect(check(loud)).toEqual([expect.stringContaining(`${unused}3:15`)])
    expect(check(loud.replace('1 }\n', '1 } # tessera-ignore unused-output: the app reads it soon\n'))).toEqual([])
  })

  test('on the line before, with other comments and blank lines between', () => {
    const route = `do:
  # tessera-ignore unused-output: the app reads it soon

  # A note.
  - assign: { cart.sum: 1 }
response: { body: 1 }`
    expect(check(route)).toEqual([])
    expect(check(route.replaceAll('\n', '\r\n'))).toEqual([])
  })

  test('of several codes, and several on a line', () => {
    const route = `do:
  # tessera-ignore unknown-error-code, unused-output: kept for the next version of the app
  - { try: [ { invoke: content.banners } ], catch: [ { errors: [never], do: [ { assign: { cart.sum: 1 } } ] } ] }
response: { body: $.banner.list }`
    expect(check(route.replace(/ {2}#.*\n/, ''))).toHaveLength(2)
    expect(check(route)).toEqual([])
  })

  test('and only on its line, in its file, of its code', () => {
    const route = `do:
  - assign: { cart.sum: 1 } # tessera-ignore unused-output: first
  - assign: { order.total: 1 }
response: { body: 1 }`
    const elsewhere = { 'routes/other': 'match: GET /y\ndo:\n  - assign: { order.total: 1 }\nresponse: { body: 1 }' }
    expect(check(route, elsewhere)).toEqual([
      expect.stringContaining(`${unused}4:`),
      expect.stringContaining('unused-output routes/other.yaml:3:'),
    ])
  })
})

describe('a silence is a warning itself', () => {
  const one = (comment: string) => check(`do:\n  - assign: { cart.sum: 1 } ${comment}\nresponse: { body: 1 }`)

  test.each([
    ['without a reason', '# tessera-ignore unused-output', 'without a reason'],
    ['with an empty one', '# tessera-ignore unused-output:  ', 'without a reason'],
    ['without a code', '# tessera-ignore: because', 'names no code'],
    ['of an unknown code', '# tessera-ignore unused-outptu: because', 'did you mean `unused-output`?'],
    ['of an error', '# tessera-ignore unknown-color: because', 'is an error'],
  ])('%s, and silences nothing', (_, comment, message) => {
    expect(one(comment)).toEqual([
      expect.stringContaining(unused),
      expect.stringMatching(new RegExp(`^useless-silence routes/home.yaml:3:29 .*${message.replace('?', '\\?')}`)),
    ])
  })

  test('when there is nothing on its line', () => {
    const found = check('response: { body: 1 }\n# tessera-ignore unused-output: because')
    expect(found).toEqual([expect.stringContaining('useless-silence routes/home.yaml:3:1 there is no `unused-output`')])
  })

  test('but not while errors keep a check from running', () => {
    const found = check('response: { body: $.nothing } # tessera-ignore unused-output: because')
    expect(found).toEqual([expect.stringContaining('unknown-color')])
  })

  test('and not where the words stand in a text', () => {
    expect(check("response: { body: '# tessera-ignore unused-output: because' }")).toEqual([])
    expect(check('response:\n  body: |\n    # tessera-ignore\n')).toEqual([])
    expect(check('response: { body: 1 } # tessera-ignore-file is another word')).toEqual([])
  })
})

test('an error stays an error, whatever a comment says', () => {
  const found = check('# tessera-ignore unknown-color: because\nresponse: { body: $.nothing }')
  expect(found).toEqual([
    expect.stringContaining('useless-silence'),
    expect.stringContaining('unknown-color routes/home.yaml:3:'),
  ])
})

test('finds comments of any text, also of one that is no YAML', () => {
  const found = [...findComments('a: [ 1, # in\n# alone\n\tb: "# not\n  # not"\nc: } # end')]
  expect(found.map(({ line, column, standsAlone, text }) => [line, column, standsAlone, text])).toEqual([
    [1, 9, false, '# in'],
    [2, 1, true, '# alone'],
    [5, 6, false, '# end'],
  ])
})
