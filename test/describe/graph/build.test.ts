import { describe, expect, test } from '@jest/globals'
import { buildGraph } from '../../../src/describe/graph/build.ts'
import type { Shape } from '../../../src/describe/graph/model.ts'
import { loadProject, world } from '../../support/project.ts'
import { loadRoute } from '../../support/route.ts'

function graphOf(text: string) {
  const { route, snapshot } = loadRoute(text)
  return buildGraph(route, snapshot)
}

/** The tree of a graph in one line. */
function sketch(shape: Shape): string {
  const list = (shapes: readonly Shape[]) => shapes.map(sketch).join(' ')
  switch (shape.shape) {
    case 'step':
      return shape.name.replace(/@.*/, '')
    case 'sequence':
      return `(${list(shape.items)})`
    case 'parallel':
      return `[${list(shape.lanes)}]`
    case 'flow':
      return `flow[${shape.items.map(({ body, level }) => `${level}:${sketch(body)}`).join(' ')}]`
    case 'choice':
      return `{${shape.arms.map(({ label, body }) => `${label} ? ${sketch(body)}`).join(' | ')}${shape.passable ? ' |' : ''}}`
    case 'attempt':
      return `try ${sketch(shape.body)}${shape.handlers.map(({ label, body }) => ` catch ${label}: ${sketch(body)}`).join('')}`
    case 'loop':
      return `each<${shape.title}> ${sketch(shape.body)}`
  }
}

describe('a graph', () => {
  test.each([
    [
      'of sequences inside each other is one',
      'do: [ { sequence: [ empty, { sequence: [ empty ] } ] }, empty ]\nresponse: { body: 1 }',
      '(empty empty empty)',
    ],
    [
      'of a parallel has its lanes',
      'do: [ { parallel: [ { invoke: content.banners }, { sequence: [ empty, empty ] } ] } ]\nresponse: { body: $.banner.list }',
      '[banners (empty empty)]',
    ],
    [
      'of a branch has its arms with their conditions, and says whether it may be passed by',
      "in: { geo.city: query.c }\ndo:\n  - branch: [ { when: geo.city == 'a', do: [ empty ] } ]\n  - branch: [ { when: geo.city == 'b', do: [ empty ] }, { default: [ empty ] } ]\nresponse: { body: 1 }",
      "({geo.city == 'a' ? empty |} {geo.city == 'b' ? empty | otherwise ? empty})",
    ],
    [
      'of a step with a condition is a choice',
      'in: { user.id?: query.u }\ndo: [ { when: has(user.id), assign: { cart.sum: 1 } } ]\nresponse: { body: $.cart.sum }',
      '{has(user.id) ? assign |}',
    ],
    [
      'of a try has its catches with their codes, also that of the route',
      'do: [ { try: [ { invoke: content.banners } ], catch: [ { errors: [timeout, http-5xx], do: [ empty ] } ] } ]\ncatch: [ { errors: [all], do: [ { respond: { status: 503 } } ] } ]\nresponse: { body: $.banner.list }',
      'try try banners catch timeout, http-5xx: empty catch all: respond',
    ],
    [
      'of a forEach has its head',
      'in: { product.ids: query.ids }\ndo:\n  - forEach: { in: $.product.ids, as: product.ids, batch: 2 }\n    do: [ { invoke: content.prices } ]\n    collect: { product.prices: $.price.list }\nresponse: { body: $.product.prices }',
      'each<for every 2 of $.product.ids> prices',
    ],
    [
      'of a flow has the levels that the colors make',
      'in: { user.id: query.u, geo.city: query.c }\ndo: [ { flow: [ { invoke: reco.recommend }, { invoke: user.profile }, { invoke: content.banners } ] } ]\nresponse: { body: [$.product.list, $.banner.list] }',
      'flow[1:recommend 0:profile 0:banners]',
    ],
  ])('%s', (_, text, drawn) => {
    expect(sketch(graphOf(text).body)).toBe(drawn)
  })

  test('tells of a step what it reads, what it gives that is read, and what is tried when it fails', () => {
    const graph = graphOf(`
in: { user.segment: query.s, geo.city: query.c }
do: [ { invoke: reco.recommend, optional: true, fallback: [ { lastGood: 10m }, { assign: { product.list: [] } } ] } ]
response: { body: $.product.list }`)
    expect(graph.body).toEqual({
      shape: 'step',
      id: 'recommend',
      kind: 'invoke',
      name: 'recommend',
      title: 'reco.recommend',
      lines: ['GET /recommend/{geo.city}'],
      calls: true,
      needs: ['geo.city', 'user.segment'],
      gives: ['product.list'],
      fallbacks: ['last good answer, up to 10m old', 'assign product.list'],
      optional: true,
      ends: undefined,
      at: 'routes/home.yaml:4:9',
    })
    expect(graph.request.gives).toEqual(['geo.city', 'user.segment'])
    expect(graph.response).toEqual({ id: 'response', title: 'respond 200', needs: ['product.list'] })
  })

  test('gives steps that share a name ids of their own', () => {
    const graph = graphOf(`
in: { geo.city: query.c }
do: [ { branch: [ { when: geo.city == 'a', do: [ { invoke: content.banners } ] }, { default: [ { invoke: content.banners } ] } ] } ]
response: { body: $.banner.list }`)
    expect(graph.flows.filter(({ what }) => what === 'banner.list')).toEqual([
      { what: 'banner.list', from: 'banners', to: 'response' },
      { what: 'banner.list', from: 'banners#2', to: 'response' },
    ])
  })

  test('names a record of a call only where the call gives no color that is read', () => {
    const graph = graphOf(
      'do: [ { invoke: { service: content, get: /raw }, id: raw } ]\nresponse: { body: $.steps.raw.body.items }',
    )
    expect(graph.body).toMatchObject({ gives: ['steps.raw'] })
    const both = graphOf(
      'do: [ { invoke: content.banners } ]\nresponse: { body: [$.banner.list, $.steps.banners.source] }',
    )
    expect(both.body).toMatchObject({ gives: ['banner.list'] })
  })

  test('has no response where every way ends before it', () => {
    expect(graphOf('do: [ { respond: { status: 404 } } ]').response).toBeUndefined()
  })

  test('marks what is pii or secret of the colors that flow', () => {
    expect(
      graphOf('in: { user.id: query.u, geo.city: query.c }\nresponse: { body: [$.user.id, $.geo.city] }').sensitive,
    ).toEqual(['user.id'])
  })

  test('of a passthrough is its service', () => {
    const snapshot = loadProject({ ...world, 'routes/all': 'match: ANY /all/*rest\nproxy: content\n' })
    const graph = buildGraph(snapshot.routes[0]!, snapshot)
    expect(graph.match).toBe('any /all/*rest')
    expect(graph.body).toMatchObject({ title: 'content', kind: 'proxy' })
  })
})
