import { describe, expect, test } from '@jest/globals'
import { buildSnapshot } from '../../src/plan/build.ts'
import { projectTexts, takeMarks, world } from '../support/project.ts'

/** One route with twenty slips of different kinds; `«` marks each. */
const route = `
match: GET /home/{id}
«sumary: Homepage
timeout: «800
in:
  user.id?: header.x-user-id
  geo.city: { from: «qery.city, default: shanghai }
  cart.sum: { from: query.sum, default: «much }
  «user.segmant: query.segment
do:
  - invoke: reco.«recomend
  - «invok: content.banners
  - { invoke: «user.profile, timeout: 100ms }
  - assign:
      order.total: '\${ cart.sum +« }'
  - parallel:
      - assign: { user.segment: new }
      - assign: { «user.segment: vip }
  - try:
      - invoke: content.banners
    catch:
      - errors: [«tiemout]
        do: [ empty ]
  - invoke: user.pay
    «retry: { attempts: 3 }
  - invoke: content.banners
    timeout: «5s
  - forEach: { in: «$.geo.city }
    do: [ empty ]
  - throw: { error: «Session expired }
  - assign: { cart.sum: '$.product«[' }
response:
  status: 200
  headers: { x-token: «$.payment.token }
  body:
    list: $.banner.list
    segment: «$.user.segmnt
    pick: { «$pik: [id], $from: $.geo.city }
    item: «$.item.id
    deep: $.steps.profile.body
`

describe('twenty faults in one file', () => {
  test('are told one by one, each at its place, and nothing that follows from them', () => {
    const { files, marks } = takeMarks({ ...world, 'routes/home': route })
    const { snapshot, diagnostics } = buildSnapshot(projectTexts(files))
    expect(snapshot).toBeUndefined()
    const told = diagnostics.filter(({ severity }) => severity !== 'hint')
    expect(told.map(({ at }) => `${at.file}:${at.line}:${at.column}`)).toEqual(marks)
    expect(told.map(({ code }) => code)).toEqual([
      'unknown-key',
      'invalid-value',
      'invalid-locator',
      'type-mismatch',
      'unknown-color',
      'unknown-operation',
      'unknown-step-kind',
      'color-maybe-absent',
      'invalid-expression',
      'two-producers',
      'unknown-error-code',
      'unsafe-retry',
      'timeout-over-budget',
      'type-mismatch',
      'invalid-value',
      'invalid-jsonpath',
      'secret-in-response',
      'unknown-color',
      'unknown-operator',
      'name-out-of-scope',
    ])
  })
})
