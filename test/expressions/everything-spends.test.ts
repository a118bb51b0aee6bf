import { describe, expect, test } from '@jest/globals'
import { JSONPathEnvironment } from 'json-p3'
import type { Document } from '../../src/expressions/document.ts'
import { celFunctions } from '../../src/expressions/expression/functions/index.ts'
import { macros } from '../../src/expressions/expression/macros/index.ts'
import { binaryOperators } from '../../src/expressions/expression/operators.ts'
import { openTypes } from '../../src/expressions/expression.ts'
import { builtInOperators } from '../../src/expressions/operators/index.ts'
import { compileTemplate, parseTemplate } from '../../src/expressions/template.ts'
import { enter, WorkBudget } from '../../src/expressions/work.ts'

/** How many places of a value were looked at: whoever does cannot help being seen. */
class Watch {
  looks = 0
  readonly #given = new WeakSet<object>()

  /** Whether it was not made, but handed on. */
  isGiven(value: unknown): boolean {
    return typeof value === 'object' && value !== null && this.#given.has(value)
  }

  around<Value>(value: Value): Value {
    if (typeof value !== 'object' || value === null) return value
    const look = <Result>(result: Result): Result => {
      this.looks++
      return result
    }
    const watched = new Proxy(value, {
      get: (owner, name, self) => look(this.around(Reflect.get(owner, name, self))),
      has: (owner, name) => look(Reflect.has(owner, name)),
      ownKeys: (owner) => look(Reflect.ownKeys(owner)),
      getOwnPropertyDescriptor: (owner, name) => {
        const found = look(Reflect.getOwnPropertyDescriptor(owner, name))
        return found && 'value' in found && found.configurable ? { ...found, value: this.around(found.value) } : found
      },
    }) as Value & object
    this.#given.add(watched)
    return watched
  }
}

const elements = 3000
const characters = 300_000
/** Looks that one unit may stand for: an element is asked whether it is there, read and printed, and so are its members. */
const looksPerUnit = 16
const free = 64

const data = {
  texts: Array.from({ length: elements }, (_, index) => `text ${index}`),
  equalTexts: Array.from({ length: elements }, (_, index) => `text ${index}`),
  numbers: Array.from({ length: elements }, (_, index) => index),
  rows: Array.from({ length: elements }, (_, id) => ({ id, name: `name ${id}` })),
  object: Object.fromEntries(Array.from({ length: elements }, (_, index) => [`m${index}`, index])),
  equalObject: Object.fromEntries(Array.from({ length: elements }, (_, index) => [`m${index}`, index])),
  text: 'aé'.repeat(characters / 2),
  equalText: `${'aé'.repeat(characters / 2)}`,
  ascii: 'aB'.repeat(characters / 2),
  long: ['aé'.repeat(characters / 2)],
  patterns: Array.from({ length: elements }, (_, index) => `a${index}*`),
  number: 1,
  time: '2026-01-01T00:00:00Z',
  span: '3s',
}

/** Evaluates a template over large data; gives what it spent, what it looked at, and how large is what it made. */
function run(source: unknown) {
  const { template, faults } = parseTemplate(source, openTypes)
  expect(faults).toEqual([])
  const evaluate = compileTemplate(template)
  const watch = new Watch()
  const budget = new WorkBudget(Number.MAX_SAFE_INTEGER)
  const document = { request: {}, steps: {}, ...watch.around({ ...data }) } as Document
  for (const name of Object.keys(data)) document[name] = watch.around(data[name as keyof typeof data])
  watch.looks = 0
  enter(budget)
  const made = evaluate(document)
  const { looks } = watch
  enter(undefined)
  return { spent: budget.spent, looks, made: watch.isGiven(made) ? 0 : sizeOf(made) }
}

/** In the units of a budget: elements, members, KB of text. */
function sizeOf(made: unknown): number {
  if (typeof made === 'string') return made.length / 1024
  return typeof made === 'object' && made !== null ? Object.keys(made).length : 0
}

function expectSpent(source: unknown, textLooked = 0): void {
  const { spent, looks, made } = run(source)
  expect(spent * looksPerUnit + free).toBeGreaterThanOrEqual(looks)
  expect(spent * 2 + free).toBeGreaterThanOrEqual(made)
  expect(spent * 2).toBeGreaterThanOrEqual(Math.floor(textLooked / 1024))
}

const namesIn = (table: object) => Object.keys(table).sort()

describe('an operator spends for what it looks at and makes', () => {
  const templates: Record<string, readonly unknown[]> = {
    $each: [
      { $each: '$.rows', $map: '$.item' },
      { $each: '$.rows', $map: { a: '$.item.id', b: ['$.item.name', '$.index'] } },
      { $each: '$.rows', $map: '${ item.id + 1.0 }', $failed: 'omit' },
      { $each: '$.rows', $where: 'item.id > 5.0', $map: '$.item' },
    ],
    $merge: [{ $merge: ['$.object', '$.equalObject'] }, { $merge: ['$.object', '$.equalObject'], deep: true }],
    $pick: [
      { $pick: Object.keys(data.object), $from: '$.object' },
      { $pick: '$.texts', $from: '$.object' },
    ],
    $omit: [
      { $omit: ['m1'], $from: '$.object' },
      { $omit: '$.texts', $from: '$.object' },
    ],
    $join: [
      { $join: { left: '$.rows', right: '$.rows', on: 'id', as: 'x' } },
      { $join: { left: [], right: '$.rows', on: 'id', as: 'x' } },
      { $join: { left: '$.rows', right: '$.rows', on: { left: 'id', right: 'id' }, as: 'x', many: true } },
    ],
    $default: [{ $default: ['$.nothing', '$.rows'] }, { $default: ['$.nothing', { $compact: '$.texts' }] }],
    $compact: [{ $compact: '$.texts' }, { $compact: '$.object' }],
    $concat: [{ $concat: ['$.texts', '$.rows', '$.nothing'] }],
    $flatten: [{ $flatten: ['$.rows', '$.texts', 1] }],
    $distinct: [{ $distinct: { of: '$.texts' } }, { $distinct: { of: '$.rows', by: ['id', '$.item.name'] } }],
    $sort: [{ $sort: { of: '$.numbers' } }, { $sort: { of: '$.rows', by: 'name', order: 'desc' } }],
    $group: [{ $group: { of: '$.rows', by: 'id' } }, { $group: { of: '$.rows', by: '$.item.nothing' } }],
    $keyBy: [{ $keyBy: { of: '$.rows', by: 'id' } }],
    $range: [{ $range: { from: 1, to: '${ size(rows) }' } }],
    $slice: [{ $slice: { of: '$.rows', from: 1 } }],
    $zip: [{ $zip: { row: '$.rows', text: '$.texts' } }],
    $entries: [{ $entries: '$.object' }],
    $fromEntries: [{ $fromEntries: { $entries: '$.object' } }],
    $if: [{ $if: 'number > 0.0', $then: { $compact: '$.texts' }, $else: 1 }],
  }
  test('whichever there is', () => expect(namesIn(templates)).toEqual([...builtInOperators.keys()].sort()))
  test.each(Object.entries(templates))('%s', (_, some) => {
    for (const template of some) expectSpent(template)
  })
})

describe('a template of its own spends for the text that it makes:', () => {
  test.each(['a ${ text } b ${ text }', 'a ${ rows } b', 'a ${ object }'])('%s', (template) => expectSpent(template))
})

/** Values of a kind, the largest first. */
const ofKind: Record<string, readonly string[]> = {
  string: ['text', 'ascii'],
  list: ['texts', 'numbers'],
  map: ['object'],
  double: ['1.0', '0.0'],
  bool: ['true'],
  timestamp: ['timestamp(time)'],
  duration: ['duration(span)'],
}

/** A text that is short, where not any will do. */
const shortText = (name: string, place: number) => {
  if (name === 'format') return place === 1 ? "'yyyy'" : "'UTC'"
  return name.startsWith('get') ? "'UTC'" : "'a'"
}

const lengthOf = (operand: string) => {
  const value = (data as Record<string, unknown>)[operand]
  return typeof value === 'string' ? value.length : 0
}

describe('a function spends for each argument that it takes, and for what it makes', () => {
  test.each(celFunctions.map((one) => [`${one.form} ${one.name}/${one.takes.length}`, one] as const))(
    '%s',
    (_, { name, form, takes }) => {
      // What takes nothing looks at nothing.
      if (takes.length === 0) return
      const [first = [], ...others] = takes
      const kinds = first.length === 0 ? ['list', 'map', 'string'] : first
      let tried = 0
      for (const operand of kinds.flatMap((kind) => ofKind[kind] ?? [])) {
        const rest = others.map((some) => ((some[0] ?? 'list') === 'string' ? 'ascii' : ofKind[some[0] ?? 'list']![0]!))
        for (const given of [rest, rest.map((other, i) => (other === 'ascii' ? shortText(name, i + 1) : other))]) {
          const call = form === 'method' ? `${operand}.${name}(${given})` : `${name}(${[operand, ...given]})`
          try {
            expectSpent(
              `\${ ${call} }`,
              [operand, ...given].reduce((sum, one) => sum + lengthOf(one), 0),
            )
            tried++
          } catch (thrown) {
            if ((thrown as { code?: string }).code !== 'expression-failed') throw thrown
          }
        }
      }
      // Text that is no number, or no time, is looked at and refused.
      if (kinds.some((kind) => kind !== 'string')) expect(tried).toBeGreaterThan(0)
    },
  )
})

describe('a macro spends for each element and each piece that it evaluates for it', () => {
  const calls: Record<string, readonly string[]> = {
    has: ['has(object.m1)'],
    all: ['numbers.all(x, x >= 0.0)', 'object.all(k, k != "")'],
    exists: ['numbers.exists(x, x < 0.0)'],
    exists_one: ['numbers.exists_one(x, x == 5.0)'],
    filter: ['texts.filter(x, x != "")', 'object.filter(k, true)'],
    map: ['texts.map(x, x + "!")', 'texts.map(x, x != "", x)', 'rows.map(r, r.name)'],
    bind: ['cel.bind(x, texts.map(y, y), size(x))'],
    orValue: ['object.?nothing.orValue(texts.map(x, x))'],
    or: ['object.?nothing.or(object.?m1).orValue(0.0)'],
    hasValue: ['object.?m1.hasValue()'],
    value: ['object.?m1.value()'],
    existsOne: ['numbers.existsOne(i, x, x == 5.0 && i == 5)'],
    sortBy: ['numbers.sortBy(x, 0.0 - x)', 'rows.sortBy(r, r.name)'],
    transformList: ['texts.transformList(i, x, x + "!")', 'object.transformList(k, v, k != "", v)'],
    transformMap: ['object.transformMap(k, v, v + 1.0)'],
    transformMapEntry: ['object.transformMapEntry(k, v, {k + "!": v})'],
    optMap: ['optional.of(texts).optMap(t, t.map(x, x)).orValue([])'],
    optFlatMap: ['optional.of(rows).optFlatMap(r, optional.of(r.map(x, x.id))).orValue([])'],
    ofNonZeroValue: ['optional.ofNonZeroValue(texts).orValue([])'],
    matches: ['text.matches("^[aé]*$")'],
    extract: ['regex.extract(text, "^[aé]*$").orValue("")'],
    extractAll: ['regex.extractAll(text, "[aé]")'],
    replace: ['regex.replace(text, "[aé]", "bb")'],
    of: ['optional.of(texts).orValue([])'],
    none: ['optional.none().orValue(texts)'],
  }
  test('whichever there is', () => expect(namesIn(calls)).toEqual([...new Set(macros.map(({ name }) => name))].sort()))
  test.each(Object.entries(calls))('%s', (_, some) => {
    for (const call of some) expectSpent(`\${ ${call} }`)
  })
  test('a large piece as often as it is evaluated', () => {
    const { spent } = run(`\${ numbers.all(x, ${Array.from({ length: 20 }, () => 'x >= 0.0').join(' && ')}) }`)
    expect(spent).toBeGreaterThanOrEqual(20 * elements)
  })
})

describe('a CEL operator spends for what it compares and makes', () => {
  const expressions: Record<string, readonly (readonly [cel: string, textLooked: number])[]> = {
    '+': [
      ['texts + equalTexts', 0],
      ['text + equalText', 2 * characters],
    ],
    '-': [['numbers[1] - 1.0', 0]],
    '*': [['numbers[1] * 1.0', 0]],
    '/': [['numbers[1] / 1.0', 0]],
    '%': [['numbers[1] % 2.0', 0]],
    '<': [['text < equalText', characters]],
    '<=': [['text <= equalText', characters]],
    '>': [['text > equalText', characters]],
    '>=': [['text >= equalText', characters]],
    '==': [
      ['text == equalText', characters],
      ['texts == equalTexts', 0],
      ['object == equalObject', 0],
      ['rows == rows', 0],
    ],
    '!=': [
      ['text != equalText', characters],
      ['texts != equalTexts', 0],
    ],
    in: [
      ['"nothing" in texts', 0],
      ['rows[1] in rows', 0],
      ['"m1" in object', 0],
      ['text in texts', 0],
    ],
  }
  test('whichever there is', () => expect(namesIn(expressions)).toEqual(namesIn(binaryOperators)))
  test.each(Object.entries(expressions))('%s', (_, some) => {
    for (const [cel, textLooked] of some) expectSpent(`\${ ${cel} }`, textLooked)
  })
  test('matches', () => expectSpent('${ text.matches("^[aé]*$") }', characters))
})

describe('a JSONPath spends for what it visits', () => {
  const filters: Record<string, readonly string[]> = {
    length: ['$.rows[?length(@.name) > 99]', '$.texts[?length(@) > 99]'],
    count: ['$.rows[?count(@.*) > 5]'],
    value: ['$.rows[?value(@..name) == "x"]'],
    match: ['$.rows[?match(@.name, "x.*")]', '$.texts[?match(@, "x.*")]'],
    search: ['$.rows[?search(@.name, "x")]', '$.texts[?search(@, "x")]'],
  }
  test('whichever function of filters there is', () =>
    expect(namesIn(filters)).toEqual([...new JSONPathEnvironment().functionRegister.keys()].sort()))
  test.each(Object.entries(filters))('%s()', (_, some) => {
    for (const query of some) expectSpent(query)
  })
  test.each([
    '$.rows[*]',
    '$.rows[*].name',
    '$.rows[::2]',
    '$.rows[::-1]',
    '$.object.*',
    '$.rows[*]["id","name"]',
    '$..name',
    '$.rows[?@.id == 5]',
    '$.rows[?@.id > 5 && @.name != "x"]',
    '$.rows[?@.id == $.numbers[0]]',
    '$.rows[?@.*]',
    '$.rows[-1]',
    '$.rows[*].id^',
    '$.object.*~',
  ])('%s', (query) => expectSpent(query))
  test('a pattern from data, that it runs in linear time', () => {
    const { spent } = run('$.patterns[?match("a", @)]')
    expect(spent).toBeGreaterThanOrEqual(64 * data.patterns.length)
  })
  test('letters that a regular expression goes through', () => {
    expectSpent("$.long[?search(@, 'x')]", characters)
    expectSpent("$.long[?match(@, '[aé]*x')]", characters)
  })
})
