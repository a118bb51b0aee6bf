import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Reference } from '../../src/binding/reference.ts'
import { GatewayError } from '../../src/errors.ts'
import type { Document } from '../../src/expressions/document.ts'
import { everyRead } from '../../src/plan/reads.ts'
import type { AggregatedRoute } from '../../src/plan/snapshot.ts'
import { type Mock, runSnapshot } from '../support/engine.ts'
import { buildRandomRoute, colors, condition, members, operations, request, route } from '../support/random-routes.ts'

const watched = new WeakSet<object>()

/** A context that tells which places are looked at: colors, `steps.<id>`, `request.<part>`. What is only copied is not. */
function watch(document: Document, note: (place: string) => void, path = ''): Document {
  // What was copied out of a watched context is watched already.
  if (watched.has(document)) return document
  const copied = new Set<PropertyKey>()
  const look = (key: PropertyKey) => {
    if (typeof key !== 'string') return
    const place = path === '' ? key : `${path}.${key}`
    const isPlace = colors.includes(place) || /^(steps|request)\.[^.]+$/.test(place)
    if (isPlace && !copied.delete(key)) note(place)
  }
  const proxy = new Proxy(document, {
    ownKeys(target) {
      const keys = Reflect.ownKeys(target)
      for (const key of keys) copied.add(key)
      return keys
    },
    get(target, key) {
      look(key)
      const value: unknown = Reflect.get(target, key)
      const place = path === '' ? String(key) : `${path}.${String(key)}`
      const isAbove = typeof value === 'object' && value !== null && !colors.includes(place) && !/\..*\./.test(place)
      return isAbove ? watch(value as Document, note, place) : value
    },
    set: (target, key, value) => Reflect.set(target, key, value),
    has(target, key) {
      look(key)
      return Reflect.has(target, key)
    },
    getOwnPropertyDescriptor(target, key) {
      if (!copied.has(key)) look(key)
      return Reflect.getOwnPropertyDescriptor(target, key)
    },
  })
  watched.add(proxy)
  return proxy
}

function covers(reference: Reference, place: string): boolean {
  switch (reference.kind) {
    case 'everything':
      return true
    case 'color':
      return reference.color === place
    case 'colors':
      return reference.colors.includes(place)
    case 'request':
      return place.startsWith('request.') && (reference.rest[0] ?? place.slice(8)) === place.slice(8)
    case 'step':
      return place.startsWith('steps.') && (reference.id ?? place.slice(6)) === place.slice(6)
    default:
      return false
  }
}

const template = fc.oneof(
  fc.constantFrom(...colors).map((color) => `$.${color}`),
  fc.constantFrom(...members).map((color) => `\${ has(${color}) ? ${color} : '' }`),
  condition.map((text) => `\${ ${text} ? 'yes' : 'no' }`),
)
const assign = fc.tuple(fc.constantFrom(...colors), template).map(([color, value]) => ({ assign: { [color]: value } }))
/** So that most routes load. */
const everything = { assign: Object.fromEntries(colors.map((color) => [color, 'given'])) }
const routes = fc
  .tuple(route, fc.array(assign, { maxLength: 2 }), fc.option(template, { nil: undefined }), fc.array(template))
  .map(([made, assigns, header, body]) => ({
    ...made,
    do: [everything, ...made.do, ...assigns],
    response: { ...(header !== undefined && { headers: { 'x-one': header } }), body },
  }))

test('a route looks at no place of its context but those that are listed as read', async () => {
  let looked = 0
  await fc.assert(
    fc.asyncProperty(
      routes,
      request,
      fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
      async (text, sent, fails) => {
        const { snapshot } = buildRandomRoute(text)
        if (!snapshot) return
        const [made] = snapshot.routes as readonly AggregatedRoute[]
        const listed = everyRead(made!.bound).map(({ reference }) => reference)
        const places = new Set<string>()
        const createDocument: AggregatedRoute['createDocument'] = (parts) =>
          watch(made!.createDocument(parts), (place) => places.add(place))
        let calls = 0
        const answer: Mock = () => (fails[calls++ % fails.length] ? new GatewayError('timeout') : { value: 'made' })
        const mocks = Object.fromEntries(operations.map(({ name }) => [`s.${name}`, answer]))
        await runSnapshot({ ...snapshot, routes: [{ ...made!, createDocument }] }, { mocks, request: sent })
        looked += places.size
        expect([...places].filter((place) => !listed.some((reference) => covers(reference, place)))).toEqual([])
      },
    ),
    { numRuns: 150 },
  )
  expect(looked).toBeGreaterThan(50)
})
