import { expect, test } from '@jest/globals'
import { buildSnapshot } from '../../src/plan/build.ts'
import { describeDiagnostic, loadProject, projectTexts, world } from '../support/project.ts'

const route = 'match: GET /x\ndo: [ { invoke: content.banners } ]\nresponse: { body: $.banner.list }\n'
const faults = (files: Record<string, string>) =>
  buildSnapshot(projectTexts({ ...world, 'routes/x': route, ...files })).diagnostics.map(describeDiagnostic)

test.each([
  ['content-length', 'belongs to the connection'],
  ['Host', 'belongs to the connection'],
  ['traceparent', 'says something else already'],
  ['Authorization', 'says something else already'],
  ["'x budget'", 'is not the name of a header'],
  ["''", 'is not the name of a header'],
])('budgetHeader: %s is an error where it stands', (name, fault) => {
  expect(faults({ gateway: `budgetHeader: ${name}` }).join()).toMatch(
    new RegExp(`gateway.yaml:1:15 .*${fault} \\(like x-envoy-expected-rq-timeout-ms\\)`),
  )
  const service = `service: content\nendpoints: [http://127.0.0.1:9]\nbudgetHeader: ${name}\noperations: { banners: { get: /banners, out: { banner.list: $.banners } } }\n`
  expect(faults({ 'services/content': service }).join()).toMatch(new RegExp(`content.yaml:3:15 .*${fault}`))
})

test('is lower case, and a service has its own', () => {
  const { settings, callSites } = loadProject({ ...world, 'routes/x': route, gateway: 'budgetHeader: X-Budget' })
  expect([settings.budgetHeader, callSites[0]!.service.budgetHeader]).toEqual(['x-budget', 'x-budget'])
})

test('headers that a mirror is not sent are known at load: what comes from a secret or from a credential', () => {
  const service = `
service: content
endpoints: [http://127.0.0.1:9]
operations:
  banners:
    get: /banners
    in: { payment.token?: header.x-pay, geo.city?: header.x-city }
    headers: { x-partner: "$.request.headers['x-api-key']", x-plain: fixed }
    out: { banner.list: $.banners }
`
  const { callSites } = loadProject({
    ...world,
    'services/content': service,
    'routes/x': `${route}in: { geo.city?: query.c, payment.token?: query.t }\n`,
  })
  expect(callSites[0]!.secretHeaders).toEqual(['x-pay', 'x-partner'])
})
