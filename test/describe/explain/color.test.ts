import { describe, expect, test } from '@jest/globals'
import { explainColor } from '../../../src/describe/explain/color.ts'
import { explainErrorCode, listErrorCodes } from '../../../src/describe/explain/error-code.ts'
import { loadProject, world } from '../../support/project.ts'

const snapshot = loadProject({
  ...world,
  'routes/home': `match: GET /home
in: { user.id: query.u, geo.city: query.c }
do:
  - try: [ { invoke: user.profile } ]
    catch: [ { errors: [session-expired], do: [ { throw: { error: signed-out, status: 401, detail: 'Who is \${ user.id }?' } } ] } ]
  - invoke: reco.recommend
response: { body: { list: $.product.list, me: $.user.id } }`,
  'routes/mask': `match: GET /mask
in: { user.id: query.u }
do: [ { assign: { geo.city: $.user.id } } ]
response: { body: { city: $.geo.city } }`,
})
const explain = (color: string) => explainColor(snapshot.colors.get(color)!, snapshot)

describe('a color', () => {
  test('is given by operations, requests and steps', () => {
    const { producers } = explain('user.segment')
    expect(producers).toEqual([
      { kind: 'operation', name: 'user.profile', detail: '$.segment', at: 'services/user.yaml:5' },
      { kind: 'step', name: 'home', detail: 'user.profile', at: 'routes/home.yaml:4' },
    ])
    expect(explain('user.id').producers.map(({ kind, name, detail }) => [kind, name, detail])).toEqual([
      ['request', 'home', 'query.u'],
      ['request', 'mask', 'query.u'],
    ])
  })

  test('is read by operations, steps and responses', () => {
    expect(explain('user.segment').readers).toEqual([
      { kind: 'operation', name: 'reco.recommend', detail: 'query.seg', at: 'services/reco.yaml:7' },
      { kind: 'step', name: 'home', detail: 'reco.recommend', at: 'routes/home.yaml:6' },
    ])
  })

  test('that is pii is seen by services and in responses, also by way of another color', () => {
    const { seenBy, sensitivity } = explain('user.id')
    expect(sensitivity).toBe('pii')
    expect(seenBy!.services).toEqual([
      { service: 'user', operation: 'user.profile', to: 'path.user.id', routes: ['home'] },
      { service: 'reco', operation: 'reco.recommend', to: 'header.x-user-id', routes: ['home'] },
    ])
    expect(seenBy!.responses.map(({ name, detail, at }) => [name, detail, at])).toEqual([
      ['home', 'response', 'routes/home.yaml:7'],
      ['home', 'throw signed-out', 'routes/home.yaml:5'],
      ['mask', 'response', 'routes/mask.yaml:4'],
    ])
  })

  test('that anyone may see has no such list', () => {
    expect(explain('geo.city').seenBy).toBeUndefined()
  })
})

describe('an error code of a project', () => {
  test('is told with who raises it and who handles it', () => {
    expect([...listErrorCodes(snapshot)].sort()).toEqual(['session-expired', 'signed-out'])
    expect(explainErrorCode('session-expired', snapshot)).toEqual({
      code: 'session-expired',
      raisedBy: [{ what: 'user.profile answers 401', at: 'services/user.yaml:5' }],
      handledBy: [{ route: 'home', at: 'routes/home.yaml:5' }],
    })
    expect(explainErrorCode('signed-out', snapshot)).toMatchObject({
      raisedBy: [{ what: 'a throw in home' }],
      handledBy: [],
    })
  })
})
