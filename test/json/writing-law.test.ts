import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Document } from '../../src/expressions/document.ts'
import { createExpressionTypes } from '../../src/expressions/expression.ts'
import { compileTemplate, parseTemplate, type Template } from '../../src/expressions/template.ts'
import { compileIndexer } from '../../src/json/indexer.ts'
import type { Part, SlotPart, TextSource } from '../../src/json/part.ts'
import { compileWriter } from '../../src/json/writer.ts'
import { parseJson } from '../../src/json-text.ts'
import { fillPart, GivenUp } from '../support/json/reference.ts'
import { jsonTexts, plainNames } from '../support/json/texts.ts'
import { expectSame } from '../support/json/values.ts'

const slotCount = 3
const indexInner = compileIndexer([['inner']], 500)
const sliceOf = (text: string) => indexInner(Buffer.from(`{"before":[{}],"inner":${text},"behind":0}`))![0]!

/** A value as it comes to a writer, and what it is when parsed. */
interface SlotValue {
  readonly given: unknown
  readonly parsed: unknown
}

const slotValue: fc.Arbitrary<SlotValue> = fc.oneof(
  {
    weight: 6,
    arbitrary: jsonTexts({ escapes: false }).map((text) => ({ given: sliceOf(text), parsed: parseJson(text) })),
  },
  {
    weight: 2,
    arbitrary: jsonTexts({ escapes: false }).map((text) => {
      return { given: parseJson(text), parsed: parseJson(text) }
    }),
  },
  { weight: 1, arbitrary: fc.constant({ given: undefined, parsed: undefined }) },
)

const path = fc.array(fc.oneof(fc.constantFrom(...plainNames), fc.nat({ max: 2 })), { maxLength: 2 })
const slot: fc.Arbitrary<SlotPart> = fc.record({
  kind: fc.constant('slot'),
  slot: fc.nat({ max: slotCount - 1 }),
  path,
})
const source = (inEach: boolean) => (inEach ? fc.oneof(slot, fc.record({ kind: fc.constant('item'), path })) : slot)
// No `\\` alone: once it has seen that name, V8's JSON.parse (Node 26.10) takes every name of one escape for it.
const memberNames = [...plainNames, '"', 'a\\', '\n', '\u0000', '\ud800', 'é"', 'constructor', 'a b']
const texts = fc.constantFrom('', ' ', 'a"b', '\\', '\n', '名', '\ud83d', '\ude00', '¥')

function parts(inEach: boolean, depth: number): fc.Arbitrary<Part> {
  const textSource = fc
    .tuple(source(inEach), fc.boolean())
    .map(([part, required]): TextSource => ({ ...part, required }))
  const leaves: fc.Arbitrary<Part>[] = [
    source(inEach),
    fc.record({ kind: fc.constant('literal'), value: fc.constantFrom(null, 1, 'x"名', true, [], { a: [1] }) }),
    fc.record({ kind: fc.constant('text'), parts: fc.array(fc.oneof(texts, textSource), { maxLength: 4 }) }),
  ]
  if (depth === 0) return fc.oneof(...leaves)
  const inner = parts(inEach, depth - 1)
  return fc.oneof(
    ...leaves,
    fc.record({
      kind: fc.constant('object'),
      members: fc.array(fc.tuple(fc.constantFrom(...memberNames), inner), { maxLength: 5 }),
    }),
    fc.record({ kind: fc.constant('array'), items: fc.array(inner, { maxLength: 3 }) }),
    fc.record({ kind: fc.constant('each'), list: source(inEach), map: parts(true, depth - 1) }),
  )
}

/** Holds a writer to what its part means. */
function compare(part: Part, values: readonly SlotValue[]): 'written' | 'given up' {
  const bytes = compileWriter(part)(values.map(({ given }) => given))
  let expected: unknown
  try {
    expected = fillPart(
      part,
      values.map(({ parsed }) => parsed),
    )
  } catch (error) {
    if (!(error instanceof GivenUp)) throw error
  }
  if (bytes) expectSame(parseJson(bytes.toString()), expected)
  else expect(expected).toBeUndefined()
  return bytes ? 'written' : 'given up'
}

/** A template prints an object or list as JSON there, where a writer gives up. */
const hasText = (part: Part) => JSON.stringify(part).includes('"kind":"text"')

describe('a compiled answer', () => {
  test('parses to what its part means, for any part and any values', () => {
    const counts = { written: 0, 'given up': 0 }
    fc.assert(
      fc.property(
        parts(false, 4),
        fc.array(slotValue, { minLength: slotCount, maxLength: slotCount }),
        (part, values) => {
          counts[compare(part, values)]++
        },
      ),
      { numRuns: 4000 },
    )
    expect(counts.written).toBeGreaterThan(1000)
    expect(counts['given up']).toBeGreaterThan(100)
  })

  test('is what the template gives on parsed values', () => {
    const types = createExpressionTypes(
      new Map([
        ['p', {}],
        ['q', {}],
      ]),
    )
    const query = (root: string) =>
      fc
        .array(fc.oneof(fc.constantFrom('a', 'b', 'title', '名'), fc.nat({ max: 2 })), { maxLength: 2 })
        .map((segments) => `$.${root}${segments.map((segment) => `[${JSON.stringify(segment)}]`).join('')}`)
    const templates = (roots: string[], depth: number): fc.Arbitrary<unknown> => {
      const path = fc.oneof(...roots.map(query))
      const text = fc
        .tuple(fc.constantFrom(...roots), fc.constantFrom('a', 'b', 'title'))
        .map(([root, name]) => `<\${${root}.${name}}>`)
      if (depth === 0) return fc.oneof(path, text, fc.constantFrom(1, null, 'text'))
      const inner = templates(roots, depth - 1)
      return fc.oneof(
        path,
        text,
        fc.array(inner, { maxLength: 3 }),
        fc.dictionary(fc.constantFrom('x', 'y', 'a"', '名'), inner, { maxKeys: 4 }),
        fc.record({ $each: path, $map: templates([...roots.slice(0, 2), 'item'], depth - 1) }),
      )
    }
    let written = 0
    fc.assert(
      fc.property(templates(['p', 'q'], 3), slotValue, slotValue, (yaml, p, q) => {
        const { template, faults } = parseTemplate(yaml, types)
        expect(faults).toEqual([])
        const bytes = compileWriter(partOf(template))([p.given, q.given])
        const document: Document = { request: {}, steps: {}, p: p.parsed, q: q.parsed }
        const fill = () => compileTemplate(template)(document)
        if (bytes) {
          written++
          expectSame(parseJson(bytes.toString()), fill())
        } else if (!hasText(partOf(template))) expect(givesNothing(fill)).toBe(true)
      }),
      { numRuns: 2000 },
    )
    expect(written).toBeGreaterThan(300)
  })
})

function givesNothing(fill: () => unknown): boolean {
  try {
    return fill() === undefined
  } catch {
    return true
  }
}

/** A template of paths, texts of plain reads, objects, arrays and `$each`, as a part with `p` and `q` for slots. */
function partOf(template: Template): Part {
  const sourceOf = ([root, ...path]: readonly (string | number)[]): TextSource =>
    root === 'item' ? { kind: 'item', path } : { kind: 'slot', slot: root === 'p' ? 0 : 1, path }
  switch (template.kind) {
    case 'literal':
      return { kind: 'literal', value: template.value }
    case 'path':
      return sourceOf(template.path.prefix)
    case 'object':
      return { kind: 'object', members: template.members.map(([name, value]) => [name, partOf(value)]) }
    case 'array':
      return { kind: 'array', items: template.items.map(partOf) }
    case 'operator': {
      const [list, map] = template.operator.parts(template.config).map((part) => partOf(part.template))
      return { kind: 'each', list: list as SlotPart, map: map! }
    }
    case 'interpolation': {
      const parts = template.parts.map((part) =>
        typeof part === 'string' ? part : { ...sourceOf(part.expression.reads[0]!.path), required: true },
      )
      return { kind: 'text', parts }
    }
    default:
      throw new Error(template.kind)
  }
}
