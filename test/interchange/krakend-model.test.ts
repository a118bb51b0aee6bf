import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { emptyProject } from '../../src/interchange/draft.ts'
import { importKrakend } from '../../src/interchange/krakend/import.ts'
import { runSnapshot } from '../support/engine.ts'
import { loadProject } from '../support/project.ts'
import { filesOf } from '../support/served-draft.ts'

type Json = Record<string, unknown>

interface Backend {
  readonly is_collection: boolean
  readonly target: string
  readonly allow: readonly string[]
  readonly deny: readonly string[]
  readonly mapping: Record<string, string>
  readonly group: string
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** What KrakenD's documentation says of an answer, step by step; undefined when it cannot be read. */
function shapeByTheBook(answer: unknown, backend: Backend): Json | undefined {
  if (backend.is_collection ? !Array.isArray(answer) : !isObject(answer)) return undefined
  let data: Json = backend.is_collection ? { collection: answer } : structuredClone(answer as Json)
  for (const name of backend.target === '' ? [] : backend.target.split('.')) {
    const inside = data[name]
    data = isObject(inside) ? inside : {}
  }
  if (backend.allow.length > 0) data = keep(data, backend.allow) ?? {}
  else for (const dotted of backend.deny) remove(data, dotted.split('.'))
  const before = { ...data }
  for (const from of Object.keys(backend.mapping)) delete data[from]
  for (const [from, to] of Object.entries(backend.mapping)) if (from in before) data[to.split('.')[0]!] = before[from]
  return backend.group === '' ? data : { [backend.group]: data }
}

/** Of a name and one inside it the later one counts. */
function keep(data: Json, names: readonly string[]): Json | undefined {
  const kept: Json = {}
  for (const key of Object.keys(data)) {
    const own = names.filter((name) => name === key || name.startsWith(`${key}.`))
    const whole = own.lastIndexOf(key)
    const inner = own.slice(whole + 1).map((name) => name.slice(key.length + 1))
    const value = data[key]
    if (own.length === 0) continue
    if (inner.length === 0) kept[key] = value
    else if (isObject(value)) {
      const left = keep(value, inner)
      if (left) kept[key] = left
    }
  }
  return Object.keys(kept).length > 0 ? kept : undefined
}

function remove(data: Json, [name, ...rest]: string[]): void {
  if (rest.length === 0) delete data[name!]
  else if (isObject(data[name!])) remove(data[name!] as Json, rest)
}

const key = fc.constantFrom('a', 'b', 'c')
const dotted = fc.array(key, { minLength: 1, maxLength: 3 }).map((names) => names.join('.'))
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(null, 1, 'x', false),
    fc.dictionary(key, tie('value'), { maxKeys: 3, noNullPrototype: true }),
    fc.array(tie('value'), { maxLength: 2 }),
  ),
}))
const answers = fc.oneof(
  fc.dictionary(key, value, { maxKeys: 3, noNullPrototype: true }),
  fc.dictionary(key, value, { maxKeys: 3, noNullPrototype: true }),
  value,
)
/** New names of their own: of two renames to one name, or through another, KrakenD's outcome is left to chance. */
const mapping = fc.oneof(
  fc.constant({}),
  fc.constantFrom({ a: 'x' }, { a: 'x.y', b: 'z' }, { collection: 'items' }, { c: 'x', 'a.b': 'z' }),
)
const backend = fc.record({
  is_collection: fc.oneof(fc.constant(false), fc.constant(false), fc.boolean()),
  target: fc.oneof(fc.constant(''), dotted),
  allow: fc.oneof(fc.constant([]), fc.array(dotted, { maxLength: 4 })),
  deny: fc.array(dotted, { maxLength: 4 }),
  mapping,
  group: fc.constantFrom('', 'g', 'a.b'),
})

test('an answer is shaped as KrakenD shapes it, whatever its backend asks for', async () => {
  await fc.assert(
    fc.asyncProperty(backend, fc.array(answers, { minLength: 1, maxLength: 6 }), async (keys, bodies) => {
      const endpoint = { endpoint: '/home', backend: [{ host: ['http://a'], url_pattern: '/b', ...keys }] }
      const snapshot = loadProject(filesOf(importKrakend({ version: 3, endpoints: [endpoint] }, emptyProject)))
      for (const body of bodies) {
        const wanted = shapeByTheBook(body, keys)
        const { status, body: got } = await runSnapshot(snapshot, { mocks: { 'a.getB': () => structuredClone(body) } })
        expect({ body, status, got }).toEqual({ body, status: wanted ? 200 : 500, got: wanted })
      }
    }),
    { numRuns: 150 },
  )
})
