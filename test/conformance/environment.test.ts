import { describe, expect, test } from '@jest/globals'
import type { CallRequest } from '../../src/calls/call.ts'
import { diagnosticsOf } from '../support/conformance/page.ts'
import { runSnapshot } from '../support/engine.ts'
import { loadProject } from '../support/project.ts'

const env = { PORT: '9000', NAME: 'reco', TYPE: 'string', TIME: '2s', EMPTY: '', FLAG: 'false', TEXT: 'a "b" # c: d' }

const files = {
  gateway:
    'listen: ${env.PORT:-8080}\nadmin: { listen: "127.0.0.1:${env.NO:-9901}" }\ndefaults: { timeout: "${env.TIME}" }',
  dictionary:
    'colors:\n  a.text: { type: "${env.TYPE}", description: "${env.NO:-none}" }\n  a.flag: { type: boolean }\n',
  'services/s':
    'service: ${env.NAME}\nendpoints: ["http://${env.HOST:-127.0.0.1}:9"]\noperations: { op: { get: "/${env.NAME}/x", headers: { x-text: "${env.TEXT}" } } }',
  'routes/r':
    'match: GET /${env.NAME}\ntimeout: ${env.TIME}\ndo:\n  - invoke: "${env.NAME}.op"\n  - when: env.FLAG == \'true\'\n    assign: { a.text: never }\nresponse:\n  body:\n    text: "${env.TEXT}"\n    flag: ${env.FLAG}\n    quoted: "${env.FLAG}"\n    empty: "${env.EMPTY:-}"\n    default: "${env.EMPTY:-d}"\n    literal: "$${env.NAME}"\n    twice: "${env.NAME}-${env.NO:-x}"\n    none: "${env.NO:-}"\n    number: ${env.PORT}\n    text_of_number: "${env.PORT}"\n',
}

describe('the environment', () => {
  test('is read in every kind of file, typed by its place', async () => {
    const snapshot = loadProject(files, env)
    expect(snapshot.settings.listen).toMatchObject([{ host: undefined, port: 9000 }])
    expect(snapshot.settings.admin.listen).toMatchObject({ host: '127.0.0.1', port: 9901 })
    expect(snapshot.settings.defaults.timeout).toBe(2000)
    expect(snapshot.routes[0]!.match.path).toBe('/reco')
    expect(snapshot.routes[0]!.timeoutMs).toBe(2000)
    const asked: CallRequest[] = []
    const { body } = await runSnapshot(snapshot, {
      mocks: {
        'reco.op': (request: CallRequest) => {
          asked.push(request)
          return {}
        },
      },
    })
    expect(asked[0]).toMatchObject({ path: '/reco/x', headers: { 'x-text': 'a "b" # c: d' } })
    expect(body).toEqual({
      text: 'a "b" # c: d',
      flag: 'false',
      quoted: 'false',
      empty: '',
      default: 'd',
      literal: '${env.NAME}',
      twice: 'reco-x',
      none: '',
      number: '9000',
      text_of_number: '9000',
    })
  })

  test('lacks what has no default: every place is named', () => {
    const found = diagnosticsOf({
      gateway: 'listen: ${env.PORT}',
      'services/x': 'service: x\nendpoints: ["${env.A}", "${env.B}"]',
      'routes/r': 'match: GET /\nresponse: { body: "${env.C}" }',
    })
    expect(found.map(({ code, at, message }) => `${code} ${at.file}:${at.line}:${at.column} ${message}`)).toEqual([
      'missing-env gateway.yaml:1:9 the environment variable PORT is not set',
      'missing-env routes/r.yaml:2:20 the environment variable C is not set',
      'missing-env services/x.yaml:2:14 the environment variable A is not set',
      'missing-env services/x.yaml:2:26 the environment variable B is not set',
    ])
  })
})
