import { expect, test } from '@jest/globals'
import { orderRoute, orderWorld } from '../support/orders.ts'
import { loadProject } from '../support/project.ts'
import { problemsOf, read } from '../support/route-tests.ts'

const snapshot = loadProject(orderWorld('http://127.0.0.1:9', orderRoute))
const mocks = `reserve: { body: { id: s1 } }, charge: { body: { id: p1 } }, ship: { body: { id: b1 } }, label: { body: { id: l1 } }, shop.refund: {}, shop.release: {}`

const problems = (test: string, answers = mocks) =>
  problemsOf(`{ name: it, request: { body: { order: o1 } }, mocks: { ${answers} }, ${test} }`, snapshot, 'routes/order')

test('a gateway that ends after a call goes on behind it, and what had gone out with it is undone', async () => {
  expect(await problems('expect: { status: 201, state: done, compensated: [] }')).toEqual([])
  expect(
    await problems(
      `crash: after reserve, expect: { error: outcome-unknown, state: compensated, compensated: [charge, reserve], calls: { reserve: 1, charge: 0 } }`,
    ),
  ).toEqual([])
})

test('a gateway that ends during a call does not make it again, unless it may be repeated', async () => {
  expect(
    await problems(
      `crash: during charge, expect: { state: compensated, compensated: [charge, reserve], calls: [reserve, charge, shop.refund, shop.release] }`,
    ),
  ).toEqual([])
  expect(
    await problems(
      `crash: [during charge, during shop.refund], expect: { state: compensated, calls: { charge: 1, shop.refund: 2, shop.release: 1 } }`,
    ),
  ).toEqual([])
})

test('what cannot be undone leaves the run parked, and the client with its id', async () => {
  const failing = mocks
    .replace('ship: {', 'ship: { status: 409,')
    .replace('shop.refund: {}', 'shop.refund: { status: 500 }')
  expect(await problems('expect: { status: 202, state: parked, compensated: [reserve] }', failing)).toEqual([])
})

test('an expectation that does not hold says what became of the run', async () => {
  expect(await problems(`crash: during charge, expect: { state: done, compensated: [reserve] }`)).toEqual([
    '2: the run is compensated, not done',
    '2: other calls were undone; compensated "reserve" → "charge, reserve"',
  ])
  expect(await problems('crash: after shop.refund, expect: { state: done }')).toEqual([
    '2: it does not come to the crash `after shop.refund`',
  ])
})

test('a crash names a call of a durable route', () => {
  const faults = (test: string, of = snapshot, path = 'routes/order.test.yaml') =>
    read(`tests:\n  - { name: it, request: { body: {} }, ${test} }\n`, of, path).faults
  expect(faults('crash: after chrge, expect: { compensated: [chage] }')).toEqual([
    'unknown-step routes/order.test.yaml:2:40 the route does not call `chrge` (did you mean `charge`?)',
    'unknown-step routes/order.test.yaml:2:84 the route has no step `chage`',
  ])
  expect(faults('crash: before charge, expect: { status: 201 }')).toEqual([
    expect.stringContaining('a crash is `after` a call, or `during` it'),
  ])
  const plain = loadProject({
    dictionary: 'colors: {}',
    'routes/plain': 'match: POST /plain\nresponse: { body: well }\n',
  })
  expect(faults('expect: { state: done }', plain, 'routes/plain.test.yaml')).toEqual([
    expect.stringContaining('`state` is for durable routes: the runs of this one are not recorded'),
  ])
})
