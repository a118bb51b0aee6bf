import { describe, expect, test } from '@jest/globals'
import { normalPriority, priorities } from '../../src/admission/policy.ts'
import { describeRouteAdmission } from '../../src/describe/admission.ts'
import { describeEndpoints } from '../../src/describe/endpoints.ts'
import { buildSnapshot } from '../../src/plan/build.ts'
import type { RequestParts } from '../../src/plan/request-parts.ts'
import { type ProjectFiles, projectTexts, world } from '../support/project.ts'

function build(files: ProjectFiles) {
  const { snapshot, diagnostics } = buildSnapshot(projectTexts({ ...world, ...files }))
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  return { snapshot, errors: errors.map(({ code, message }) => `${code}: ${message}`) }
}

const answer = 'response: { body: 1 }'
const home = (keys: string) => ({ 'routes/home': `match: GET /home/{tenant}\n${keys}\n${answer}` })

function admissionOf(files: ProjectFiles) {
  const { snapshot, errors } = build(files)
  expect(errors).toEqual([])
  return snapshot!.routes.find(({ name }) => name === 'home')!.admission!
}

function request(parts: Partial<RequestParts> = {}): RequestParts {
  const none = { headers: {}, query: {}, cookies: {}, params: {}, body: undefined }
  return { method: 'GET', path: '/home/x', ip: '10.0.0.1', id: 'r', ...none, ...parts }
}

describe('what stands before a route', () => {
  test('is nothing where nothing is declared', () => {
    expect(build(home('')).snapshot!.routes[0]!.admission).toBeUndefined()
  })

  test('counts by parts of the request and inputs, each value apart', () => {
    const by = '[request.ip, request.headers.X-Tenant, request.params.tenant, user.id]'
    const { limits } = admissionOf(home(`in: { user.id?: query.u }\nlimit: { rate: 10/s, by: ${by} }`))
    const { keyOf, policy } = limits[0]!
    expect(policy).toEqual({ perSecond: 10, burst: 10 })
    const all = { headers: { 'x-tenant': 'a' }, params: { tenant: 'x' }, query: { u: 'u1' } }
    expect(keyOf(request(all))).toBe('["10.0.0.1","a","x","u1"]')
    expect(keyOf(request())).toBe('["10.0.0.1","","",""]')
    expect(keyOf(request({ ...all, query: { u: 'u'.repeat(5000) } })).length).toBeLessThan(100)
  })

  test('counts typed inputs by what they are, not as they are written', () => {
    const { limits } = admissionOf(
      home('in: { cart.sum: { from: query.s, default: 7 } }\nlimit: { rate: 1/s, by: cart.sum }'),
    )
    const keys = ['10', '10.0', undefined].map((s) =>
      limits[0]!.keyOf(request({ query: s === undefined ? {} : { s } })),
    )
    expect(keys).toEqual(['10', '10', '7'])
  })

  test('has the gateway’s limit first', () => {
    const files = { gateway: 'limit: { rate: 100/s, by: request.ip }', ...home('limit: { rate: 5/m, burst: 2 }') }
    const { limits } = admissionOf(files)
    expect(limits.map(({ scope, keyOf }) => [scope, keyOf(request())])).toEqual([
      ['gateway', '10.0.0.1'],
      ['route', ''],
    ])
    expect(describeRouteAdmission(admissionOf(files))).toEqual([
      'the gateway’s limit: 100/s, 100 at once for each request.ip',
      '5/m, 2 at once',
    ])
  })

  test('takes a class from a template, and normal where that gives none', () => {
    const declared = `priority: "\${ user.segment == 'vip' ? 'high' : 'urgent' }"`
    const { priorityOf, priority } = admissionOf(home(`in: { user.segment?: query.seg }\n${declared}`))
    expect(priority).toBe(normalPriority)
    expect(priorityOf!(request({ query: { seg: 'vip' } }))).toBe(priorities.indexOf('high'))
    expect(priorityOf!(request({ query: { seg: 'new' } }))).toBe(normalPriority)
    expect(priorityOf!(request())).toBe(normalPriority)
  })

  test('takes whoever makes that the class cannot be told for the last', () => {
    const priority = `priority: "\${ request.query.plan.startsWith('gold') ? 'high' : 'normal' }"`
    const { priorityOf } = admissionOf(home(priority))
    expect(priorityOf!(request({ query: { plan: 'gold-1' } }))).toBe(priorities.indexOf('high'))
    expect(priorityOf!(request({ query: { plan: ['gold', 'gold'] } }))).toBe(priorities.indexOf('low'))
    expect(priorityOf!(request())).toBe(priorities.indexOf('low'))
  })

  test.each([
    ['limit: { rate: 0/s }', /a rate of 0 lets nothing through/],
    ['limit: { rate: 1/s, by: user.idd }', /unknown-color/],
    ['limit: { rate: 1/s, by: request.body }', /tells no clients apart/],
    ['limit: { rate: 1/s, by: user.id }', /late-key: `user.id` is not there yet/],
    ['in: { user.id: $.user }\nlimit: { rate: 1/s, by: user.id }', /late-key: `user.id` stands in the body/],
    ['bulkhead: { concurrent: 5, queue: 5, order: fair }', /nothing says who they are/],
    ['bulkhead: { concurrent: 5, queue: 5, by: request.ip }', /`fifo` tells no clients apart/],
    ['bulkhead: { concurrent: 5, order: priority }', /there is no queue to be in order/],
    ['bulkhead: { concurrent: 0 }', /invalid-value/],
    ['bulkhead: { concurrent: { min: 9, max: 3 } }', /the least is more than the most/],
    ['priority: urgent', /invalid-value/],
    [`priority: "\${ steps.reco.status == 1 ? 'high' : 'low' }"`, /./],
  ])('refuses %s', (keys, message) => {
    expect(build(home(keys)).errors.join('\n')).toMatch(message)
  })

  test('refuses a gateway’s limit by what not every request has', () => {
    const { errors } = build({ gateway: 'limit: { rate: 1/s, by: user.id }' })
    expect(errors.join()).toMatch(/`user.id` is not there for every request/)
  })
})

describe('what stands before a service', () => {
  const service = (keys: string) => ({
    'services/spare': `service: spare\nendpoints: [http://127.0.0.1:9]\n${keys}\noperations: { call: { get: /, out: { banner.list: $ } } }`,
    'routes/home': `match: GET /home\nin: { user.id?: query.u }\npriority: high\ndo: [ { invoke: spare.call } ]\nresponse: { body: $.banner.list }`,
  })

  test('knows the client and the class of every call', () => {
    const { snapshot, errors } = build(
      service('bulkhead: { concurrent: adaptive, queue: 10, order: fair, by: user.id }'),
    )
    expect(errors).toEqual([])
    const [site] = snapshot!.callSites
    const document = { request: {}, steps: {}, user: { id: 'u1' } }
    expect(site!.service.bulkhead!.clientOf!(document)).toBe('u1')
    expect(site!.priorityOf!(document)).toBe(priorities.indexOf('high'))
    expect(describeEndpoints(site!.service)).toEqual(['1000 connections an endpoint'])
    const told = site!.policies.map(({ kind, config }) => [kind.name, kind.caption(config)])
    expect(told[0]).toEqual(['bulkhead', '2–1000 calls at once, by response time, 10 wait, fair by user.id'])
  })

  test('makes the request’s part that it reads be there', () => {
    const { snapshot } = build(service('limit: { rate: 10/s, by: request.ip, wait: 20ms }'))
    const [route] = snapshot!.routes
    const document = route!.kind === 'aggregate' ? route!.createDocument(request()) : undefined
    expect(snapshot!.callSites[0]!.service.limit!.keyOf!(document!)).toBe('10.0.0.1')
  })
})
