import { describe, expect, test } from '@jest/globals'
import { GatewayError } from '../../src/errors.ts'
import { complaintsAbout } from '../support/conformance/page.ts'
import { type RunOptions, runRoute } from '../support/engine.ts'

const failureOf = async (route: string, options: RunOptions = {}) => {
  const { outcome } = await runRoute(route, options)
  if (outcome.kind !== 'failure') throw new Error(`it answered ${outcome.status}: ${outcome.body}`)
  const { code, status, step, detail } = outcome.error
  return { code, status, step, detail }
}
const failed = (step: string) => ({ code: 'expression-failed', status: 500, step, detail: undefined })

describe('an expression that fails', () => {
  test('in a condition fails the request, and names its step', async () => {
    const guard = `do: [ { id: gate, throw: { error: forbidden, status: 403 }, when: "!request.headers['x-key'].startsWith('k')" } ]
response: { body: 1 }`
    expect(await failureOf(guard)).toEqual(failed('gate'))
    const { stepOutcomes } = await runRoute(guard)
    expect(stepOutcomes).toEqual({ gate: 'expression-failed' })
    expect(await failureOf(guard, { request: { headers: { 'x-key': 'x' } } })).toMatchObject({ code: 'forbidden' })
    expect((await runRoute(guard, { request: { headers: { 'x-key': 'k1' } } })).body).toBe(1)
  })

  test('in an arm of a branch does too, and no other arm is taken', async () => {
    const route = `do:
  - id: which
    branch:
      - { when: request.query.n > 3, do: [ respond: { body: many } ] }
      - { default: [ respond: { body: few } ] }`
    expect(await failureOf(route)).toEqual(failed('which'))
  })

  test('in a list, text or assignment is no hole in the answer', async () => {
    expect(await failureOf("do: [ { id: a, assign: { user.id: 'u-${ request.query.id }' } } ]")).toEqual(failed('a'))
    expect(
      await failureOf('do: [ { id: f, forEach: { in: "${ request.query.a + request.query.b }" }, do: [ empty ] } ]'),
    ).toEqual(failed('f'))
    expect(await failureOf('response: { body: { sum: "${ request.query.a + request.body.b }" } }')).toEqual(
      failed('response'),
    )
    expect(await failureOf('response: { headers: { x-a: "a=${ request.query.a }" } }')).toEqual(failed('response'))
  })

  test.each([['expression-failed'], ['all']])('is caught as %s', async (code) => {
    const route = `do:
  - try: [ { assign: { user.id: '\${ request.query.id + "x" }' } } ]
    catch: [ { errors: [${code}], do: [ { assign: { user.id: '\${ error.code }' } } ] } ]
response: { body: $.user.id }`
    expect((await runRoute(route)).body).toBe('expression-failed')
  })

  test('in the response is seen by the route’s catch, as the step `response`', async () => {
    const route = (handler: string) => `in: { user.id?: query.id }
do: [ { assign: { user.segment: new } } ]
catch: [ { errors: [expression-failed], do: [ ${handler} ] } ]
response: { body: { hello: '\${ user.segment + user.id }', step: $.user.segment } }`
    const responded = await runRoute(
      route('{ respond: { status: 503, body: { at: $.error.step, was: $.error.detail } } }'),
    )
    expect([responded.status, responded.body]).toEqual([503, { at: 'response' }])
    const mended = await runRoute(route('{ assign: { user.id: -mei } }'))
    expect([mended.status, mended.body]).toEqual([200, { hello: 'new-mei', step: 'new' }])
    const thrown = await failureOf(route('{ throw: { error: sorry, status: 503 } }'))
    expect(thrown).toMatchObject({ code: 'sorry', status: 503 })
    expect(await failureOf(route('empty'))).toEqual(failed('response'))
    const waiting = route('{ invoke: content.banners }, { respond: { status: 503, body: $.banner.list } }')
    const waited = await runRoute(waiting, { mocks: { 'content.banners': { banners: [1] } } })
    expect([waited.status, waited.body]).toEqual([503, [1]])
  })

  test('in the response is seen by the catch although that has handled a step before', async () => {
    const route = `in: { user.id?: query.id }
do: [ { assign: { user.segment: vip } }, { invoke: content.banners } ]
catch:
  - { errors: [timeout], do: [ { assign: { user.segment: new } } ] }
  - { errors: [expression-failed], do: [ { respond: { status: 503, body: $.user.segment } } ] }
response: { body: { hello: '\${ user.segment + user.id }' } }`
    const { status, body } = await runRoute(route, { mocks: { 'content.banners': new GatewayError('timeout') } })
    expect([status, body]).toEqual([503, 'new'])
  })

  test('while a call’s request is rendered is covered as other failures of it', async () => {
    const call = (keys: string) => `
do: [ { invoke: reco.recommend, with: { geo.city: '\${ request.query.city + "!" }', user.segment: new }${keys} } ]
response: { body: { list: { $default: [ $.product.list, none ] } } }`
    expect(await failureOf(call(''))).toEqual(failed('recommend'))
    const optional = await runRoute(call(', optional: true'))
    expect(optional.body).toEqual({ list: 'none' })
    expect(optional.outcome.kind === 'answer' && optional.outcome.headers['tessera-degraded']).toBe(
      'recommend;source=skipped;error=expression-failed',
    )
  })
})

describe('an element of $each that fails', () => {
  const route = (more: string) => `do: [ { invoke: content.banners } ]
response: { body: { links: { $each: $.banner.list, $map: 'x://\${ item.id }/\${ index }'${more} } } }`
  const mocks = { 'content.banners': { banners: [{ id: 'a' }, {}, { id: 'c' }, {}] } }

  test('fails the whole', async () => {
    expect(await failureOf(route(''), { mocks })).toEqual(failed('response'))
  })

  test('is left out where `$failed: omit` says so, and the answer is degraded', async () => {
    const { body, outcome } = await runRoute(route(', $failed: omit'), { mocks })
    expect(body).toEqual({ links: ['x://a/0', 'x://c/2'] })
    expect(outcome).toMatchObject({
      headers: { 'tessera-degraded': 'response;source=skipped;error=expression-failed', 'cache-control': 'no-store' },
      degraded: [{ step: 'response', source: 'skipped', error: 'expression-failed' }],
    })
  })

  test('of another step is told in its name', async () => {
    const each = '{ $each: $.banner.list, $map: "x-${ item.id }", $failed: omit }'
    for (const [step, name] of [
      [`id: names, assign: { product.ids: ${each} }`, 'names'],
      [`assign: { product.ids: ${each} }`, 'assign'],
    ]) {
      const { body, outcome } = await runRoute(
        `do: [ { invoke: content.banners }, { ${step} } ]\nresponse: { body: $.product.ids }`,
        { mocks },
      )
      expect(body).toEqual(['x-a', 'x-c'])
      expect(outcome).toMatchObject({ degraded: [{ step: name }] })
    }
  })

  test('says nothing where all of them can be made', async () => {
    const { outcome } = await runRoute(route(', $failed: omit'), {
      mocks: { 'content.banners': { banners: [{ id: 1 }] } },
    })
    expect(outcome).toMatchObject({ degraded: [] })
  })

  test('has no other way out than `omit`', () => {
    expect(complaintsAbout(`match: GET /\nresponse: { body: { $each: [1], $map: 2, $failed: skip } }`)[0]).toMatch(
      /^invalid-value/,
    )
  })
})

describe('what a route reads', () => {
  test('is there for an arm that alone asks for the record of a call', async () => {
    const route = `do:
  - { invoke: content.banners, id: b }
  - branch:
      - { when: steps.b.source == 'live', do: [ { respond: { body: live } } ] }
      - { default: [ { respond: { body: other } } ] }`
    expect((await runRoute(route, { mocks: { 'content.banners': { banners: [] } } })).body).toBe('live')
  })
})
