import { describe, expect, test } from '@jest/globals'
import { GatewayError } from '../../src/errors.ts'
import { runRoute } from '../support/engine.ts'
import { world } from '../support/project.ts'

describe('a branch', () => {
  const text = `
in: { geo.city: query.city }
do:
  - branch:
      - { when: geo.city == 'paris', do: [ { assign: { cart.sum: 1 } } ] }
      - { when: "geo.city in ['rome', 'oslo']", do: [ { assign: { cart.sum: 2 } } ] }
      - { default: [ { assign: { cart.sum: 3 } } ] }
response: { body: $.cart.sum }`

  test.each([
    ['paris', 1],
    ['oslo', 2],
    ['lima', 3],
  ])('for %s takes the first arm that holds', async (city, sum) => {
    expect((await runRoute(text, { request: { query: { city } } })).body).toBe(sum)
  })

  test('passes by when no arm holds and there is no default', async () => {
    const { body } = await runRoute(
      `
in: { geo.city?: query.city }
do:
  - branch: [ { when: has(geo.city), do: [ { assign: { cart.sum: 1 } } ] } ]
response: { body: { sum: $.cart.sum } }`,
    )
    expect(body).toEqual({})
  })
})

describe('a try', () => {
  const text = `
in: { user.id: query.u }
do:
  - try: [ { invoke: user.profile } ]
    catch:
      - { errors: [session-expired], do: [ { throw: { error: please-sign-in, status: 401, title: 'Sign in, \${ user.id }' } } ] }
      - { errors: [http-5xx, timeout], do: [ { assign: { user.segment: anonymous, geo.city: $.error.code } } ] }
response: { body: { segment: $.user.segment, code: $.geo.city } }`
  const run = (mock: unknown) => runRoute(text, { request: { query: { u: 'u1' } }, mocks: { 'user.profile': mock } })

  test('does nothing more when its steps succeed', async () => {
    expect((await run({ segment: 'vip' })).body).toEqual({ segment: 'vip' })
  })

  test('hands the error to the first catch that matches, by class of statuses too', async () => {
    const error = new GatewayError('http-503', { response: { status: 503, body: undefined } })
    const { body, outcome } = await run(error)
    expect(body).toEqual({ segment: 'anonymous', code: 'http-503' })
    expect(outcome).toMatchObject({ headers: { 'tessera-degraded': 'profile;source=skipped;error=http-503' } })
  })

  test('lets a catch throw an error of its own', async () => {
    const { outcome } = await run(new GatewayError('session-expired', { response: { status: 401, body: undefined } }))
    expect(outcome).toMatchObject({ error: { code: 'please-sign-in', status: 401, title: 'Sign in, u1' } })
  })

  test('does not catch what it does not name', async () => {
    expect((await run(new GatewayError('unavailable'))).body).toBe('unavailable')
  })

  test('at the top of a route covers all of its steps', async () => {
    const { body } = await runRoute(
      `
do: [ { invoke: content.banners } ]
catch: [ { errors: [all], do: [ { assign: { banner.list: [] } } ] } ]
response: { body: { banners: $.banner.list } }`,
      { mocks: { 'content.banners': new GatewayError('timeout') } },
    )
    expect(body).toEqual({ banners: [] })
  })

  test('keeps two errors apart that are caught at the same time', async () => {
    const slow = () => new Promise((resolve) => setTimeout(() => resolve({}), 5))
    const attempt = (operation: string, color: string) =>
      `{ try: [ { invoke: ${operation} } ], catch: [ { errors: [all], do: [ { invoke: { service: user, get: /slow }, id: ${color.replace('.', '')} }, { assign: { ${color}: $.error.code } } ] } ] }`
    const { body } = await runRoute(
      `
in: { user.id: query.u }
do:
  - parallel:
      - ${attempt('content.banners', 'geo.city')}
      - ${attempt('user.profile', 'order.note')}
response: { body: [ $.geo.city, $.order.note ] }`,
      {
        request: { query: { u: 'u1' } },
        files: { dictionary: `${world.dictionary}  order.note: { type: string }\n` },
        mocks: {
          'content.banners': new GatewayError('timeout'),
          'user.profile': new GatewayError('unavailable'),
          'user.geocity': slow,
          'user.ordernote': slow,
        },
      },
    )
    expect(body).toEqual(['timeout', 'unavailable'])
  })
})

describe('a respond', () => {
  test('ends the route with its answer, from inside a parallel too, and no catch takes it', async () => {
    const { outcome } = await runRoute(
      `
do:
  - try:
      - parallel:
          - { respond: { status: 404, headers: { x-reason: gone }, body: { message: No such page } } }
          - { invoke: content.banners }
    catch: [ { errors: [all], do: [ { assign: { banner.list: [] } } ] } ]
response: { body: { banners: $.banner.list } }`,
      { mocks: { 'content.banners': { banners: [1] } } },
    )
    expect(outcome).toMatchObject({
      kind: 'answer',
      status: 404,
      headers: { 'x-reason': 'gone' },
      body: '{"message":"No such page"}',
    })
  })

  test('a route without response answers 204', async () => {
    expect((await runRoute('do: [ empty ]')).status).toBe(204)
  })
})
