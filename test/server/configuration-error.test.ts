import { join } from 'node:path'
import { inspect } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import { ConfigurationError, createGateway } from '../../src/index.ts'
import { createDirectory } from '../support/cleanup.ts'
import { type Files, writeFiles } from '../support/gateway.ts'

const right = {
  gateway: 'listen: 8080',
  dictionary: 'colors: { a.b: { type: string } }',
  'services/s': 'service: s\nendpoints: [http://127.0.0.1:9]\noperations: { op: { get: /x } }',
  'routes/r': 'match: GET /\nresponse: { body: 1 }',
}

/** What creating a gateway of these files is rejected with. */
async function thrownBy(files: Files, env = {}): Promise<ConfigurationError> {
  const directory = createDirectory()
  writeFiles(directory, { ...right, ...files })
  const config = join(directory, 'config/gateway.yaml')
  return createGateway({ config, env, watch: false }).then(
    () => Promise.reject(new Error('it was taken')),
    (thrown: unknown) => thrown as ConfigurationError,
  )
}

describe('what createGateway is rejected with says in its message what is wrong, and where', () => {
  test.each<[what: string, files: Files, told: RegExp]>([
    ['the gateway', { gateway: 'listenn: 1' }, /gateway\.yaml:1: unknown-key: `listenn` is not a key here/],
    ['YAML', { 'routes/r': 'match: [' }, /r\.yaml:\d: yaml-syntax: /],
    ['a dictionary', { dictionary: 'colors: { A: {} }' }, /dictionary\.yaml:1: invalid-color-name: /],
    ['a type', { dictionary: 'colors: { a.b: { type: text } }' }, /dictionary\.yaml:1: invalid-type: /],
    ['a service', { 'services/s': 'service: s\nendpoints: [x]' }, /s\.yaml:2: invalid-value: /],
    ['a route', { 'routes/r': 'match: GET /\ndo: [ { invoke: s.no } ]' }, /r\.yaml:2: unknown-operation: /],
    ['a variable', { 'routes/r': 'match: GET /\nresponse: { body: "${env.NO}" }' }, /r\.yaml:2: missing-env: /],
    ['files that are not there', { gateway: 'dictionary: ./nowhere.yaml' }, /file-unreadable: /],
    ['two routes', { 'routes/again': right['routes/r'] }, /duplicate-route: /],
  ])('%s', async (_, files, told) => {
    const error = await thrownBy(files)
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error.message).toMatch(/^the configuration has [1-9]\d* errors?\n {2}\S/)
    expect(error.message).toMatch(told)
    expect(String(error)).toMatch(told)
    expect(inspect(error)).toMatch(told)
    expect(error.diagnostics.filter(({ severity }) => severity === 'error')).not.toEqual([])
  })

  test('twenty of them, and that there are more', async () => {
    const many = Array.from({ length: 30 }, (_, index) => `wrong${index}: 1`).join('\n')
    const { message } = await thrownBy({ gateway: many })
    expect(message.split('\n')).toHaveLength(22)
    expect(message).toMatch(/^the configuration has 30 errors\n.*\n {2}…$/s)
  })

  test('and nothing of the environment', async () => {
    const error = await thrownBy({ gateway: 'openapi: ${env.V}' }, { V: 's3cret' })
    expect(error.message).toContain('${env.V}')
    expect(inspect(error, { depth: 9 })).not.toContain('s3cret')
  })
})
