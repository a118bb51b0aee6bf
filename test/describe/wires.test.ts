import { describe, expect, test } from '@jest/globals'
import { findWires } from '../../src/describe/wires.ts'
import { loadRoute } from '../support/route.ts'

/** `what: from → to` of every wire. */
function wiresOf(text: string): string[] {
  const { route } = loadRoute(text)
  const wires = findWires(route.bound).map(({ what, from, to }) => {
    const giver = from === 'request' ? 'request' : from.name.replace(/@.*/, '')
    return `${what}: ${giver} → ${to?.name.replace(/@.*/, '') ?? 'response'}`
  })
  return [...new Set(wires)].sort()
}

describe('a value goes', () => {
  test('from the request to what reads it', () => {
    expect(wiresOf('in: { geo.city: query.city }\nresponse: { body: $.geo.city }')).toEqual([
      'geo.city: request → response',
    ])
  })

  test('from the step that wrote it last', () => {
    const route = `
in: { user.id: query.u, geo.city: query.c }
do: [ { assign: { user.segment: vip } }, { invoke: user.profile }, { invoke: reco.recommend } ]
response: { body: $.product.list }`
    expect(wiresOf(route)).toEqual([
      'geo.city: request → recommend',
      'product.list: recommend → response',
      'user.id: request → profile',
      'user.id: request → recommend',
      'user.segment: profile → recommend',
    ])
  })

  test('from every arm that may have been taken, and from before when none may have been', () => {
    const route = `
in: { geo.city: query.c }
do:
  - assign: { cart.sum: 0 }
  - branch: [ { when: geo.city == 'a', do: [ { assign: { cart.sum: 1 } } ] }, { when: geo.city == 'b', do: [ { id: b, assign: { cart.sum: 2 } } ] } ]
response: { body: $.cart.sum }`
    expect(wiresOf(route).filter((wire) => wire.startsWith('cart.sum'))).toEqual([
      'cart.sum: assign → response',
      'cart.sum: b → response',
    ])
    const { route: loaded } = loadRoute(route)
    const givers = findWires(loaded.bound).filter(({ what }) => what === 'cart.sum')
    expect(givers).toHaveLength(3)
  })

  test('from an optional step, or from before when it was left out', () => {
    const route = `
in: { user.id: query.u, geo.city: query.c }
do: [ { id: guess, assign: { user.segment: new } }, { invoke: user.profile, optional: true }, { invoke: reco.recommend } ]
response: { body: $.product.list }`
    expect(wiresOf(route).filter((wire) => wire.startsWith('user.segment'))).toEqual([
      'user.segment: guess → recommend',
      'user.segment: profile → recommend',
    ])
  })

  test('out of a try that failed half way to its catch', () => {
    const route = `
in: { user.id: query.u }
do:
  - try: [ { id: first, assign: { cart.sum: 1 } }, { invoke: user.profile } ]
    catch: [ { errors: [all], do: [ { id: mend, assign: { order.total: '\${ cart.sum + 1.0 }' } } ] } ]
response: { body: { sum: $.cart.sum, total: $.order.total, segment: $.user.segment } }`
    expect(wiresOf(route)).toContain('cart.sum: first → mend')
  })

  test('to the steps of a forEach from it, and out of it only as what it collects', () => {
    const route = `
in: { product.ids: query.ids }
do:
  - forEach: { in: $.product.ids, as: product.ids, batch: 2 }
    do: [ { invoke: content.prices } ]
    collect: { product.prices: $.price.list }
response: { body: $.product.prices }`
    expect(wiresOf(route)).toEqual([
      'price.list: prices → forEach',
      'product.ids: forEach → prices',
      'product.ids: request → forEach',
      'product.prices: forEach → response',
    ])
  })

  test('through a flow in the order that its colors make', () => {
    const route = `
in: { user.id: query.u, geo.city: query.c }
do: [ { flow: [ { invoke: reco.recommend }, { invoke: user.profile } ] } ]
response: { body: $.product.list }`
    expect(wiresOf(route)).toContain('user.segment: profile → recommend')
  })

  test('as the record of a call, and as a part of the request', () => {
    const route = `
do: [ { invoke: content.banners } ]
response: { body: { list: $.banner.list, from: $.steps.banners.source, agent: '$.request.headers["user-agent"]' } }`
    expect(wiresOf(route)).toEqual([
      'banner.list: banners → response',
      'request.headers.user-agent: request → response',
      'steps.banners: banners → response',
    ])
  })
})
