import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { BatchEvaluator } from '../../src/cli/eval-batch.ts'
import { createProject, projectRoot, runTessera } from '../support/tessera.ts'

let folder: Awaited<ReturnType<typeof createProject>>
let file: string
beforeAll(async () => {
  const document = {
    items: [
      { id: 'a', cents: 5 },
      { id: 'b', cents: 7 },
    ],
    nothing: null,
  }
  folder = await createProject({ 'answer.json': JSON.stringify(document), 'broken.json': '{ "a": }' })
  file = join(folder.root, 'answer.json')
})
afterAll(() => folder.remove())

const runEval = (args: readonly string[], input = '') => runTessera(['eval', ...args], { input })

describe('eval', () => {
  test('of a singular path gives the value, of any other a list', async () => {
    expect(await runEval(['$.items[0].id', file])).toEqual({ code: 0, stdout: '"a"\n', stderr: '' })
    const many = await runEval(['$.items[*].id', file])
    expect(JSON.parse(many.stdout)).toEqual(['a', 'b'])
  })

  test('reads the document from standard input', async () => {
    const answers = await Promise.all([runEval(['$.a'], '{"a":1}'), runEval(['$.a', '-'], '\ufeff{"a":1}')])
    expect(answers.map(({ stdout }) => stdout)).toEqual(['1\n', '1\n'])
  })

  test('evaluates CEL and templates', async () => {
    const cel = await runEval(['--cel', 'items.all(i, i.cents > 4) && !has(user.id)', file])
    expect(cel).toEqual({ code: 0, stdout: 'true\n', stderr: '' })
    const template = await runEval([
      '--template',
      '{ ids: "$.items[*].id", sum: "${ size(items) }", no: $.absent }',
      file,
    ])
    expect(JSON.parse(template.stdout)).toEqual({ ids: ['a', 'b'], sum: 2 })
  })

  test('of what stands in a template points to --cel', async () => {
    const { code, stderr } = await runEval(['${ size(items) }', file])
    expect(code).toBe(1)
    expect(stderr).toContain("this is CEL: tessera eval --cel 'size(items)'")
  })

  test('says when there is nothing, and prints null for null', async () => {
    expect(await runEval(['$.absent', file])).toEqual({ code: 0, stdout: '', stderr: 'there is nothing\n' })
    expect((await runEval(['$.nothing', file])).stdout).toBe('null\n')
  })

  test.each([
    [['$.items[?@.id = 1]'], [' --> jsonpath:1:15', '1 | $.items[?@.id = 1]', '  |               ^']],
    [
      ['--cel', 'size(items'],
      [' --> cel:1:10', '1 | size(items', '  |          ^'],
    ],
    [
      ['--template', '{ a: { $marge: 1 } }'],
      [' --> template:1:8', '1 | { a: { $marge: 1 } }', '  |        ^^^^^^'],
    ],
    [['--template', 'a: [ "$.x[" '], ['error[yaml-syntax]']],
  ])('%j is wrong, and a caret shows where', async (args, shown) => {
    const { code, stdout, stderr } = await runEval([...args, file])
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    for (const line of shown) expect(stderr).toContain(line)
  })

  test('names what cannot be read or is not JSON', async () => {
    const missing = await runEval(['$', join(folder.root, 'missing.json')])
    expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining('missing.json')])
    const broken = await runEval(['$', join(folder.root, 'broken.json')])
    expect([broken.code, broken.stderr]).toEqual([
      1,
      expect.stringMatching(/broken\.json is not JSON: Unexpected token/),
    ])
  })

  test.each([[[]], [['--batch', '$.a']], [['--cel', '--template', 'a']], [['$', 'a.json', 'b.json']]])(
    '%j is wrong usage',
    async (args) => {
      const { code, stderr } = await runEval(args)
      expect(code).toBe(2)
      expect(stderr).toContain('error: ')
    },
  )
})

describe('eval --batch', () => {
  const evaluator = new BatchEvaluator()
  const answer = (line: unknown) => JSON.parse(evaluator.answer(typeof line === 'string' ? line : JSON.stringify(line)))

  test.each([
    [{ jsonpath: '$.a', document: { a: null } }, { nodes: [null] }],
    [{ jsonpath: '$.b', document: { a: null } }, { nodes: [] }],
    [{ jsonpath: '$.a[*]', document: { a: [1, 2] } }, { nodes: [1, 2] }],
    [{ jsonpath: '$', document: 5 }, { nodes: [5] }],
    [{ cel: 'a + 1.0', document: { a: 1 } }, { value: 2 }],
    [{ cel: 'has(user.id)', document: {} }, { value: false }],
    [{ cel: 'user.id', document: {} }, {}],
    [{ cel: 'a', document: { a: null } }, { value: null }],
    [{ template: { x: '$.a', y: '$.b', z: [1] }, document: { a: 1 } }, { value: { x: 1, z: [1] } }],
    [{ template: '$.b', document: {} }, {}],
    [{ template: null, document: {} }, { value: null }],
  ])('%j', (line, expected) => {
    expect(answer(line)).toEqual(expected)
    expect(answer(line)).toEqual(expected)
  })

  test.each([
    ['no JSON', /JSON/],
    ['', /JSON/],
    ['[]', /one of/],
    ['null', /object/],
    [{ document: 1 }, /one of/],
    [{ jsonpath: '$', cel: '1', document: 1 }, /one of/],
    [{ jsonpath: '$' }, /`document` is missing/],
    [{ jsonpath: 5, document: 1 }, /`jsonpath` is text/],
    [{ jsonpath: '$[', document: 1 }, /^invalid-jsonpath: .*, at 1/],
    [{ cel: '1 +', document: 1 }, /^invalid-expression/],
    [{ cel: 'a / 0', document: { a: 1 } }, /division by zero/],
    [{ template: { $marge: [] }, document: 1 }, /^unknown-operator.*did you mean/],
  ])('answers %j with an error', (line, message) => {
    expect(answer(line)).toEqual({ error: expect.stringMatching(message) })
  })

  test('answers a document that is nested too deeply with an error', () => {
    const document = '['.repeat(100_000) + ']'.repeat(100_000)
    expect(answer(`{"jsonpath":"$..a","document":${document}}`)).toEqual({ error: expect.any(String) })
  })

  test('answers every line with one, in their order, whatever is between them', async () => {
    const lines = ['{"jsonpath":"$.名","document":{"名":"值"}}', 'bad', '', '{"cel":"1 + 1","document":null}']
    const { code, stdout, stderr } = await runEval(['--batch'], lines.join('\n'))
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const answers = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(answers).toEqual([
      { nodes: ['值'] },
      { error: expect.anything() },
      { error: expect.anything() },
      { value: 2 },
    ])
  })

  const conformance = join(projectRoot, '../shared/conformance/jsonpath-cts.json')
  const testConformance = existsSync(conformance) ? test : test.skip
  if (!existsSync(conformance)) console.warn(`skipped: ${conformance} is not there`)

  testConformance('answers the whole JSONPath Compliance Test Suite right', async () => {
    const { tests } = JSON.parse(readFileSync(conformance, 'utf8')) as { tests: ConformanceCase[] }
    expect(tests).toHaveLength(703)
    const lines = tests.map(({ selector, document = null }) => JSON.stringify({ jsonpath: selector, document }))
    const { stdout } = await runEval(['--batch'], `${lines.join('\n')}\n`)
    const answers = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { nodes?: unknown[]; error?: string })
    expect(answers).toHaveLength(703)
    const wrong = tests.filter((one, index) => {
      const { nodes, error } = answers[index]!
      if (one.invalid_selector) return error === undefined
      return !(one.results ?? [one.result]).some((result) => JSON.stringify(result) === JSON.stringify(nodes))
    })
    expect(wrong.map(({ name }) => name)).toEqual([])
  })
})

interface ConformanceCase {
  readonly name: string
  readonly selector: string
  readonly document?: unknown
  readonly result?: unknown[]
  readonly results?: unknown[][]
  readonly invalid_selector?: boolean
}
