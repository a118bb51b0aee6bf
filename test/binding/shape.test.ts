import { describe, expect, test } from '@jest/globals'
import * as z from 'zod'
import { duration, errorCodes } from '../../src/binding/scalars.ts'
import { checkShape } from '../../src/binding/shape.ts'
import { DiagnosticCollector } from '../../src/diagnostics/collector.ts'
import { buildSnapshot } from '../../src/plan/build.ts'
import { parseYaml } from '../../src/yaml/parse.ts'
import { projectTexts } from '../support/project.ts'

const entry = z.union([
  z.strictObject({ body: z.any() }),
  z.strictObject({ lastGood: duration }),
  z.strictObject({ invoke: z.string(), with: z.record(z.string(), z.string()).optional() }),
])
const shape = z.strictObject({
  name: z.string(),
  timeout: duration.optional(),
  retries: z.int().min(1).max(10).default(2),
  level: z.enum(['low', 'high']).optional(),
  on: errorCodes.optional(),
  fallback: z.union([entry, z.array(entry)]).optional(),
  target: z.union([z.string(), z.strictObject({ service: z.string(), path: z.string() })]).optional(),
  rules: z
    .record(z.string().regex(/^[a-z]+$/, 'a rule is lower case'), z.strictObject({ when: z.string() }))
    .default({}),
})

function check(text: string) {
  const diagnostics = new DiagnosticCollector()
  const source = parseYaml({ path: 'a.yaml', text }, {}, diagnostics)!
  const value = checkShape(shape, source.value, { source, path: [] }, diagnostics)
  const told = diagnostics
    .sorted()
    .map(({ code, at, message, help }) => `${code} ${at.line}:${at.column} ${message}${help ? ` (${help})` : ''}`)
  return { value, told }
}

const faults: [name: string, text: string, told: string[], rest: object | undefined][] = [
  [
    'a key that is near one: taken as that one',
    'nam: x',
    ['unknown-key 1:1 `nam` is not a key here (did you mean `name`?)'],
    { name: 'x' },
  ],
  [
    'a key that is near none: left out',
    'name: x\ncolour: red',
    [
      'unknown-key 2:1 `colour` is not a key here (known keys: name, timeout, retries, level, on, fallback, target, rules)',
    ],
    { name: 'x' },
  ],
  [
    'a key near one that is there: left out',
    'name: x\nnam: y',
    ['unknown-key 2:1 `nam` is not a key here (did you mean `name`?)'],
    { name: 'x' },
  ],
  [
    'a key whose value would not do: told once',
    'name: x\ntimeuot: [1]',
    ['unknown-key 2:1 `timeuot` is not a key here (did you mean `timeout`?)'],
    { name: 'x' },
  ],
  ['a key that is missing', 'timeout: 1s', ['missing-key 1:1 `name` is missing'], undefined],
  ['a value of another type', 'name: [x]', ['invalid-value 1:7 expected text, found a list'], undefined],
  [
    'nothing where something should be',
    'name:\ntimeout: 1s',
    ['invalid-value 1:6 expected text, found nothing'],
    undefined,
  ],
  [
    'a quantity without its unit: the rest stays',
    'name: x\ntimeout: 800\nretries: 3',
    ['invalid-value 2:10 `800` is not a duration (write it like 150ms or 3s)'],
    { name: 'x', retries: 3 },
  ],
  [
    'a number out of its range',
    'name: x\nretries: 99',
    ['invalid-value 2:10 expected at most 10, found `99`'],
    { name: 'x' },
  ],
  ['a fraction', 'name: x\nretries: 1.5', ['invalid-value 2:10 expected a whole number, found `1.5`'], { name: 'x' }],
  [
    'a value that is near a listed one',
    'name: x\nlevel: hihg',
    ['invalid-value 2:8 expected `low` or `high`, found `hihg` (did you mean `high`?)'],
    { name: 'x' },
  ],
  [
    'the member of a union that was meant: by its key',
    'name: x\nfallback: { lastGod: 1m }',
    ['unknown-key 2:13 `lastGod` is not a key here (did you mean `lastGood`?)'],
    { name: 'x', fallback: { lastGood: 60_000 } },
  ],
  [
    'the member of a union that was meant: by its value',
    'name: x\nfallback: { lastGood: 1 }',
    ['invalid-value 2:23 `1` is not a duration (write it like 150ms or 3s)'],
    { name: 'x' },
  ],
  [
    'the member of a union that was meant: in a list',
    'name: x\nfallback: [ { body: 1 }, { invoke: [] } ]',
    ['invalid-value 2:36 expected text, found a list'],
    { name: 'x' },
  ],
  [
    'the member of a union that was meant: a mapping',
    'name: x\ntarget: { servce: a, path: /x }',
    ['unknown-key 2:11 `servce` is not a key here (did you mean `service`?)'],
    { name: 'x', target: { service: 'a', path: '/x' } },
  ],
  [
    'what is no member of a union at all',
    'name: x\ntarget: 5',
    ['invalid-value 2:9 expected text or a mapping, found `5`'],
    { name: 'x' },
  ],
  [
    'a list of nothing',
    'name: x\non: []',
    ['invalid-value 2:5 expected something that is not empty, found a list'],
    { name: 'x' },
  ],
  [
    'a name that does not fit',
    'name: x\nrules: { Up: { when: a }, ok: { when: b } }',
    ['invalid-value 2:10 `Up` does not fit: a rule is lower case'],
    { name: 'x', rules: { ok: { when: 'b' } } },
  ],
  [
    'each of several slips',
    'nam: x\ntimeout: 8\nlevel: mid\nrules: { a: { wen: x } }',
    [
      'unknown-key 1:1 `nam` is not a key here (did you mean `name`?)',
      'invalid-value 2:10 `8` is not a duration (write it like 150ms or 3s)',
      'invalid-value 3:8 expected `low` or `high`, found `mid`',
      'unknown-key 4:15 `wen` is not a key here (did you mean `when`?)',
    ],
    { name: 'x', rules: { a: { when: 'x' } } },
  ],
  ['a whole of another type', '[1]', ['invalid-value 1:1 expected a mapping, found a list'], undefined],
]

describe('a shape', () => {
  test('gives what is right', () => {
    expect(check('name: x\ntimeout: 1s\non: timeout\nfallback: { body: 1 }')).toEqual({
      told: [],
      value: { name: 'x', timeout: 1000, retries: 2, on: ['timeout'], fallback: { body: 1 }, rules: {} },
    })
  })

  test.each(faults)('is told %s', (_, text, told, rest) => {
    const checked = check(text)
    expect(checked.told).toEqual(told)
    if (rest) expect(checked.value).toMatchObject(rest)
    else expect(checked.value).toBeUndefined()
  })
})

test.each([
  ['cache: 10s', 'expected `false` or a mapping, found `10s`', 'it stands in a mapping: `{ ttl: … }`'],
  ['cache: true', 'expected `false` or a mapping, found `true`', undefined],
  ['compress:', 'expected `false` or `true` or a mapping, found nothing', 'write `true`, or leave it away'],
])('what is neither this nor that is told all that it may be: %s', (line, message, help) => {
  const { diagnostics } = buildSnapshot(
    projectTexts({ dictionary: 'colors: {}', 'routes/a': `match: GET /a\n${line}\nresponse: { body: 1 }` }),
  )
  expect(diagnostics.map((one) => [one.message, one.help])).toEqual([[message, help]])
})
