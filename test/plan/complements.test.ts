import { describe, expect, test } from '@jest/globals'
import { complaintsAbout } from '../support/conformance/page.ts'

/** Two conditioned steps before a call that needs `user.segment`. */
const between = (first: string, second: string, more = '') => `
match: GET /x
in: { user.id?: header.x-user-id, geo.city: query.city, user.name?: query.n, cart.sum: query.s }
do:
  - when: ${JSON.stringify(first)}
    assign: { user.segment: new }
${more}  - when: ${JSON.stringify(second)}
    assign: { user.segment: vip }
  - invoke: reco.recommend
response: { body: $.product.list }
`

const complements: [first: string, second: string][] = [
  ['has(user.id)', '!has(user.id)'],
  ['!has(user.id)', 'has(user.id)'],
  ['user.id == null', 'user.id != null'],
  ["has(user.id) && user.id == 'x'", "!(has(user.id) && user.id == 'x')"],
  ["geo.city == 'paris'", "geo.city != 'paris'"],
  ["geo.city == 'paris'", "!(geo.city == 'paris')"],
  ['cart.sum > 10', '!( cart.sum > 10 )'],
  ['!(has(user.id) || has(user.name))', 'has(user.id) || has(user.name)'],
  // An absent name is not x.
  ["user.name == 'x'", "user.name != 'x'"],
  ["request.query.x == 'a'", "request.query.x != 'a'"],
]

const others: [first: string, second: string][] = [
  ['has(user.id)', 'has(user.id)'],
  ['has(user.id)', '!has(user.name)'],
  ["geo.city == 'paris'", "geo.city == 'rome'"],
  ['!(has(user.id)) && has(user.name)', 'has(user.id) && has(user.name)'],
]

describe('two conditions', () => {
  test.each(complements)('%s and %s: one of them holds', (first, second) => {
    expect(complaintsAbout(between(first, second))).toEqual([])
  })

  test.each(others)('%s and %s: maybe neither holds', (first, second) => {
    expect(complaintsAbout(between(first, second))[0]).toMatch(/^color-maybe-absent/)
  })

  test('maybe neither holds when what they read was written between them', () => {
    const route = between("geo.city == 'paris'", "geo.city != 'paris'", '  - assign: { geo.city: rome }\n')
    expect(complaintsAbout(route)[0]).toMatch(/^color-maybe-absent/)
  })
})
