import { describe, expect, test } from '@jest/globals'
import { buildSnapshot } from '../../src/plan/build.ts'
import { projectTexts, world } from '../support/project.ts'

/** Codes of the errors in a route that pays and so has the secret `payment.token`. */
function errorsOf(answer: string, steps: readonly string[] = []): string[] {
  const route = `match: GET /home
in: { cart.sum: query.sum, product.ids: query.ids }
do:
  - invoke: user.pay
${steps.map((step) => `  - ${step}\n`).join('')}response: { body: ${answer} }`
  const { diagnostics } = buildSnapshot(projectTexts({ ...world, 'routes/home': route }))
  return diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => code)
}

describe('a secret is followed', () => {
  test.each([
    ['into a $default', '{ t: { $default: [$.payment.token, none] } }'],
    ['into a $merge of all that lies beside it', '{ t: { $merge: [$.payment] } }'],
    ['through an expression that first asks for it', '{ t: "${ has(payment.token) ? payment.token : \'\' }" }'],
    ['through an optional member', '{ t: \'${ payment.?token.orValue("") }\' }'],
    ['into a descendant query', '{ t: $..token }'],
  ])('%s', (_, answer) => {
    expect(errorsOf(answer)).toEqual(['secret-in-response'])
  })

  test.each([
    ['through an assign', ['assign: { user.id: $.payment.token }'], '$.user.id'],
    ['through two', ['assign: { user.id: $.payment.token }', 'assign: { geo.city: $.user.id }'], '$.geo.city'],
    [
      'through the fallback of a call',
      ['{ invoke: content.banners, fallback: { assign: { banner.list: [$.payment.token] } } }'],
      '$.banner.list',
    ],
    [
      'through the answer that stands in for a call',
      ['{ invoke: content.banners, fallback: { body: { banners: [$.payment.token] } } }'],
      '$.banner.list',
    ],
    [
      'through the elements of a list',
      ['{ forEach: { in: [$.payment.token] }, do: [ empty ], collect: { product.prices: { t: $.item } } }'],
      '$.product.prices',
    ],
  ])('%s', (_, steps, answer) => {
    expect(errorsOf(`{ t: ${answer} }`, steps)).toEqual(['secret-in-response'])
  })
})

describe('a secret is not taken to be', () => {
  test.each([
    ['what only asks whether it is there', '{ signed: "${ has(payment.token) }" }'],
    ['what lies beside it', '{ id: $.user.id, sum: $.cart.sum }'],
  ])('%s', (_, answer) => {
    const route = ['assign: { user.id: someone }']
    expect(errorsOf(answer, route)).toEqual([])
  })

  test('the elements of another list', () => {
    const steps = ['{ forEach: { in: $.product.ids }, do: [ empty ], collect: { product.prices: { id: $.item } } }']
    expect(errorsOf('$.product.prices', steps)).toEqual([])
  })
})
