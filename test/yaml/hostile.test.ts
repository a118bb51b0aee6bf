import { describe, expect, test } from '@jest/globals'
import { DiagnosticCollector } from '../../src/diagnostics/collector.ts'
import { parseYaml, parseYamlInSteps } from '../../src/yaml/parse.ts'

function parse(text: string) {
  const diagnostics = new DiagnosticCollector()
  const source = parseYaml({ path: 'a.yaml', text }, {}, diagnostics)
  return { source, told: diagnostics.sorted().map(({ code, message }) => `${code}: ${message}`) }
}

describe('a file that is there to do harm', () => {
  const tooDeep = 'yaml-syntax: nested more than 100 levels deep'

  // Each of these took minutes, or the whole stack.
  test.each([
    ['brackets', '['.repeat(400_000) + ']'.repeat(400_000)],
    ['open brackets behind a key', `body: ${'['.repeat(900_000)}`],
    ['braces', '{a: '.repeat(200_000)],
    ['dashes', `${'- '.repeat(400_000)}x`],
    ['indentation', Array.from({ length: 1200 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
  ])('is refused when it nests %s without end', (_case, text) => {
    expect(parse(text)).toEqual({ source: undefined, told: [tooDeep] })
  })

  test('may nest as deep as anyone would', () => {
    const deep = `${'['.repeat(90)}\t${']'.repeat(90)}`
    expect(parse(deep).told).toEqual([])
  })

  test('repeats no more by aliases than a file could hold', () => {
    const list = `- &a [${Array.from({ length: 20_000 }, (_, index) => index).join(', ')}]\n`
    const { source, told } = parse(list + '- *a\n'.repeat(90))
    expect(told).toEqual(['yaml-syntax: aliases repeat more than 100000 values'])
    expect((source!.value as unknown[][]).slice(0, 5).map((item) => item.length)).toEqual(Array(5).fill(20_000))
  })

  test('gets the value that its anchor had above an alias', () => {
    expect(parse('a: &x 1\nb: *x\nc: &x 0x2\nd: [*x, *x]\n').source!.value).toEqual({ a: 1, b: 1, c: 2, d: [2, 2] })
    expect(parse('a: *x\nb: &x 0x2\n').told).toEqual(['yaml-syntax: nothing is anchored as `x`'])
    expect(parse('a: &x [0x1, *x]\n').told).toEqual(['yaml-syntax: more than 100 aliases'])
  })
})

describe('a large file', () => {
  const count = 5000
  const stepsOf = (text: string) => {
    const diagnostics = new DiagnosticCollector()
    const work = parseYamlInSteps({ path: 'a.yaml', text }, {}, diagnostics)
    let steps = 1
    while (!work.next().done) steps += 1
    const placing = diagnostics.sortedInSteps()
    let placingSteps = 1
    let step = placing.next()
    for (; !step.done; step = placing.next()) placingSteps += 1
    return { steps, placingSteps, found: step.value }
  }

  test('that is not simple is read in many steps', () => {
    const text = Array.from({ length: count }, (_, index) => `k${index}: 0x1`).join('\n')
    const { steps, found } = stepsOf(text)
    expect(found).toEqual([])
    expect(steps).toBeGreaterThan(count / 1000)
  })

  test('of faults tells the place of each, in many steps', () => {
    const text = Array.from({ length: count }, (_, index) => `k${index}: .nan`).join('\n')
    const { found, placingSteps } = stepsOf(text)
    expect(found.map(({ at }) => at.line)).toEqual(Array.from({ length: count }, (_, index) => index + 1))
    expect(placingSteps).toBeGreaterThan(count / 1000)
  })
})
