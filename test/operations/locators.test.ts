import { describe, expect, test } from '@jest/globals'
import { eventsOf } from '../../src/expressions/document.ts'
import { parseLocator } from '../../src/operations/locator.ts'
import { buildSnapshot } from '../../src/plan/build.ts'
import { loadProject, projectTexts } from '../support/project.ts'

const dictionary = `
colors:
  a.text: { type: string }
  a.texts: { type: array, items: { type: string } }
  a.filters: { type: object }
  a.any: {}
`
const filesOf = (operation: string, input = '') => ({
  dictionary,
  'services/s': `service: s\nendpoints: [http://127.0.0.1:9]\noperations:\n  op: ${operation}`,
  'routes/r': `match: GET /r\nin: { ${input} }\ndo: [ { assign: { a.text: x, a.texts: [], a.filters: {}, a.any: 1 } }, { invoke: s.op } ]\n`,
})

describe('the name of a query parameter is everything up to a join at the end', () => {
  test.each([
    ['query.filter[name]', 'filter[name]', undefined],
    ['query.page[number]', 'page[number]', undefined],
    ['query.order[]', 'order[]', undefined],
    ['query.ids[,]', 'ids', ','],
    ['query.ids[|]', 'ids', '|'],
    ['query.ids[;]', 'ids', ';'],
    ['query.ids[ ]', 'ids', ' '],
    ['query.ids[][,]', 'ids[]', ','],
    ['query.a.b-c', 'a.b-c', undefined],
  ])('%s', (text, name, separator) => expect(parseLocator(text, 'request')).toEqual({ in: 'query', name, separator }))

  test.each(['query.ids[&]', 'query.ids[%7C]', 'query.ids[::]'])('%s is told to be no join', (text) => {
    const sign = text.slice('query.ids'.length)
    expect(parseLocator(text, 'request')).toMatchObject({
      code: 'invalid-locator',
      message: `\`${sign}\` is no join, and no part of a name`,
      offset: 9,
      length: sign.length,
    })
  })

  test.each(['cookie.a[b]', 'path.a[]', 'header.a[,]', 'query.', 'query.a b'])('%s is no place', (text) =>
    expect(parseLocator(text, 'request')).toMatchObject({ code: 'invalid-locator' }),
  )
})

const complaints = (operation: string, input?: string) =>
  buildSnapshot(projectTexts(filesOf(operation, input)))
    .diagnostics.filter(({ severity }) => severity === 'error')
    .map(({ message }) => message)

describe('at load', () => {
  test('a join is of a list, in an operation and in a route', () => {
    expect(complaints("{ get: /x, in: { a.text: 'query.t[,]' } }")).toEqual([
      '`a.text` is text, and `[,]` joins a list',
    ])
    expect(complaints('{ get: /x }', "a.text: 'query.t[,]'")).toEqual(['`a.text` is text, and `[,]` joins a list'])
    expect(complaints("{ get: /x, in: { a.texts: 'query.t[,]', a.any: 'query.u[;]' } }")).toEqual([])
  })
  test('`query.*` is of an object, of an operation, and once', () => {
    expect(complaints("{ get: /x, in: { a.filters: 'query.*' } }")).toEqual([])
    expect(complaints("{ get: /x, in: { a.text: 'query.*' } }")).toEqual([
      '`a.text` is text, which cannot stand in `query.*`',
    ])
    expect(complaints("{ get: /x, in: { a.filters: 'query.*', a.any: 'query.*' } }")).toEqual(['`query.*` stands once'])
    expect(complaints('{ get: /x }', "a.filters: 'query.*'")).toEqual(['`query.*` is a place in a call'])
  })
})

function compile(operation: string) {
  const snapshot = loadProject(filesOf(operation))
  const events: unknown[] = []
  const span = { sampled: true, event: (...event: unknown[]) => void events.push(event) }
  const render = (a: Record<string, unknown>) =>
    snapshot.callSites[0]!.render({ request: {}, steps: {}, a, [eventsOf]: span }).path
  return { render, events }
}

describe('in a call', () => {
  test('an element that holds its join is refused, for the service would read two', () => {
    const { render } = compile("{ get: /x, in: { a.texts: 'query.ids[,]' } }")
    expect(render({ texts: ['a', 'b;c'] })).toBe('/x?ids=a,b%3Bc')
    expect(() => render({ texts: ['a', 'b,c'] })).toThrow()
    expect(compile("{ get: /x, in: { a.texts: 'query.ids[;]' } }").render({ texts: ['a,b', 'c'] })).toBe(
      '/x?ids=a%2Cb;c',
    )
  })

  test('`query.*` writes each member of an object, lists repeated, absent ones left out', () => {
    const { render } = compile("{ get: '/x?sort=new', in: { a.filters: 'query.*', a.text: query.q } }")
    const filters = { size: 3, 'tag[]': ['a', 'b'], none: null, 'a b': 'x&y=1' }
    expect(render({ text: 't', filters })).toBe('/x?sort=new&q=t&size=3&tag%5B%5D=a&tag%5B%5D=b&a%20b=x%26y%3D1')
  })

  test('what the file names itself is not for data to change, and an event tells', () => {
    const { render, events } = compile("{ get: '/x?sort=new', in: { a.filters: 'query.*', a.text: query.q } }")
    expect(render({ text: 't', filters: { sort: 'old', q: 'u', p: 1 } })).toBe('/x?sort=new&q=t&p=1')
    expect(events).toEqual([
      ['tessera.query.left_out', { 'tessera.query.name': 'sort' }],
      ['tessera.query.left_out', { 'tessera.query.name': 'q' }],
    ])
  })

  test('an object in one of its members is refused', () => {
    const { render } = compile("{ get: /x, in: { a.filters: 'query.*' } }")
    expect(() => render({ filters: { deep: { a: 1 } } })).toThrow()
    expect(() => render({ filters: 'text' })).toThrow()
  })
})
