import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { parse } from 'yaml'
import { setMembers } from '../../src/yaml/edit.ts'

const text = `# the tests
tests:
  - name: in braces      # a remark
    expect: { status: 200, match: { '$.a': x } }   # behind

  - name: in lines
    expect:
      status: 200   # as it should be
      # about the body
      body: { a:   1 }
      # the end

  - name: nothing yet
    request: { path: /y }
    # the end of it

  - name: empty
    expect:
`

describe('setMembers', () => {
  test('puts a member behind the last one, and leaves all else as it stands', () => {
    expect(setMembers(text, ['tests', 1, 'expect'], { within: '1s' })).toBe(
      text.replace('      # the end\n\n', '      within: 1s\n      # the end\n\n'),
    )
  })

  test('replaces a value and nothing around it', () => {
    expect(setMembers(text, ['tests', 1, 'expect'], { body: [1, { b: 2 }] })).toBe(
      text.replace('body: { a:   1 }', 'body:\n        - 1\n        - b: 2'),
    )
  })

  test('unfolds a mapping in braces, and keeps what stands behind it', () => {
    const folded = "expect: { status: 200, match: { '$.a': x } }"
    const lines = "expect:\n      status: 200\n      match: { '$.a': x }\n      body:\n        a: 1"
    expect(setMembers(text, ['tests', 0, 'expect'], { body: { a: 1 } })).toBe(text.replace(folded, () => lines))
  })

  test('makes the mapping where it is missing or empty', () => {
    const made = '    expect:\n      status: 200\n'
    expect(setMembers(text, ['tests', 2, 'expect'], { status: 200 })).toBe(
      text.replace('    # the end of it\n', `${made}    # the end of it\n`),
    )
    expect(setMembers(text, ['tests', 3, 'expect'], { status: 200 })).toBe(text.replace(/ {4}expect:\n$/, made))
  })

  test('unfolds all that is in braces on the way', () => {
    expect(setMembers('tests: [ { name: a }, { name: b } ]', ['tests', 1, 'expect'], { status: 200 })).toBe(
      'tests:\n  - { name: a }\n  - name: b\n    expect:\n      status: 200',
    )
  })

  test('whatever is written is read again, and nothing else has changed', () => {
    const place = fc.constantFrom(0, 1, 2, 3)
    fc.assert(
      fc.property(place, fc.jsonValue(), (index, given) => {
        // As a body comes: out of JSON.
        const body = JSON.parse(JSON.stringify(given))
        fc.pre(!JSON.stringify(body).includes('__proto__'))
        const next = parse(setMembers(text, ['tests', index, 'expect'], { body }))
        const wanted = parse(text)
        wanted.tests[index].expect = { ...wanted.tests[index].expect, body }
        expect(next).toEqual(wanted)
      }),
      { numRuns: 50 },
    )
  })
})
