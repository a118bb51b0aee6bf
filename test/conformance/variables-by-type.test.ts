import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { buildSnapshot } from '../../src/plan/build.ts'
import { runSnapshot } from '../support/engine.ts'
import { loadProject, type ProjectFiles, projectTexts } from '../support/project.ts'

const files = (type: string, fallback: string) => ({
  dictionary: `colors:\n  a.b: ${type}\n`,
  'routes/r': `match: GET /\nin:\n  a.b:\n    from: query.b\n    default: ${fallback}\nresponse: { body: { v: $.a.b } }`,
})
const diagnosticsOf = (files: ProjectFiles, env: Record<string, string>) =>
  buildSnapshot(projectTexts(files, env)).diagnostics

const env = {
  N: '7',
  ZEROS: '007',
  DECIMAL: '1.10',
  YES: 'true',
  NULL: 'null',
  LIST: '1, 2,3',
  TEXT: '$.request.path',
  COLON: 'a: b',
  TYPE: 'string',
  TYPES: 'integer, null',
}
const bodyOf = async (type: string, fallback: string, query = {}) =>
  ((await runSnapshot(loadProject(files(type, fallback), env), { request: { query } })).body as { v: unknown }).v

describe('a variable in the default of an input is what its color is:', () => {
  test.each([
    ['{ type: integer }', '${env.N}', 7],
    ['{ type: string }', '${env.N}', '7'],
    ['{ type: string }', '${env.ZEROS}', '007'],
    ['{ type: string }', '${env.DECIMAL}', '1.10'],
    ['{ type: number }', '${env.DECIMAL}', 1.1],
    ['{ type: boolean }', '${env.YES}', true],
    ['{ type: string }', '${env.YES}', 'true'],
    ['{ type: string }', '${env.NULL}', 'null'],
    ['{ type: string }', '"${env.TEXT}"', '$.request.path'],
    ['{ type: string }', '"${env.COLON}"', 'a: b'],
    ['{ type: string }', '"x${env.N}y"', 'x7y'],
    ['{ type: array, items: { type: integer } }', '${env.LIST}', [1, 2, 3]],
    ['{ type: array, items: { type: string } }', '${env.LIST}', ['1', '2', '3']],
    ['{ type: array, items: { type: integer } }', '[ "${env.N}", 8 ]', [7, 8]],
    ['{ type: object, properties: { n: { type: integer } } }', '{ n: "${env.N}", t: "${env.N}" }', { n: 7, t: '7' }],
    ['{ type: [integer, string] }', '${env.N}', '7'],
    ['{ enum: [7, 8] }', '${env.N}', 7],
    ['{}', '${env.N}', '7'],
  ])('%s with %s', async (type, fallback, value) => expect(await bodyOf(type, fallback)).toEqual(value))

  test('what does not fit is an error that tells its name and not its value', () => {
    const told = diagnosticsOf(files('{ type: integer }', '${env.SECRET}'), { SECRET: 's3cret' })
    expect(told.filter(({ severity }) => severity === 'error').map(({ code }) => code)).toEqual(['type-mismatch'])
    expect(JSON.stringify(told)).not.toContain('s3cret')
  })
})

describe('a variable in a type is what its keyword asks for:', () => {
  test.each([
    ['{ type: integer, minimum: "${env.N}" }', ['7', '6'], [true, false]],
    ['{ type: integer, exclusiveMaximum: "${env.N}" }', ['6', '7'], [true, false]],
    ['{ type: string, maxLength: "${env.N}" }', ['1234567', '12345678'], [true, false]],
    ['{ type: string, pattern: "^${env.N}+$" }', ['77', '78'], [true, false]],
    ['{ type: string, enum: ["${env.N}", x] }', ['7', '8'], [true, false]],
    ['{ type: integer, enum: ["${env.N}", 9] }', ['7', '8'], [true, false]],
    ['{ type: integer, enum: "${env.LIST}" }', ['3', '4'], [true, false]],
    ['{ type: string, const: "${env.ZEROS}" }', ['007', '7'], [true, false]],
    ['{ type: "${env.TYPE}", maxLength: 3 }', ['7', '12345'], [true, false]],
    ['{ type: "${env.TYPES}" }', ['7', 'x'], [true, false]],
    ['{ type: array, items: { type: integer, maximum: "${env.N}" } }', ['7', '8'], [true, false]],
    ['{ type: array, uniqueItems: "${env.YES}", items: { type: integer } }', ['7', '8'], [true, true]],
    ['{ anyOf: [ { type: integer, minimum: "${env.N}" }, { type: "null" } ] }', ['7', '6'], [true, false]],
  ])('%s', async (type, values, wanted) => {
    const route = 'match: GET /\nin: { a.b: query.b }\nresponse: { body: 1 }'
    const snapshot = loadProject({ ...files(type, '0'), 'routes/r': route }, env)
    const asked = values.map(async (b) => (await runSnapshot(snapshot, { request: { query: { b } } })).status === 200)
    const taken = await Promise.all(asked.map((one) => one.catch(() => false)))
    expect(taken).toEqual(wanted)
  })

  test('a keyword that is no number says so at load, without the value', () => {
    const told = diagnosticsOf(files('{ type: integer, minimum: "${env.SECRET}" }', '1'), { SECRET: 's3cret' })
    expect(told.map(({ code }) => code)).toContain('invalid-type')
    expect(JSON.stringify(told)).not.toContain('s3cret')
  })

  test('a name of a member is a name, whatever keyword it is called like', () => {
    const type =
      '{ type: object, properties: { minimum: { type: string, const: "${env.N}" }, enum: { type: integer, const: "${env.N}" } } }'
    const { colors } = loadProject(files(type, '{}'), env)
    expect(colors.get('a.b')!.schema.properties).toEqual({
      minimum: { type: 'string', const: '7' },
      enum: { type: 'integer', const: 7 },
    })
  })
})

test('a default that a variable gives is what the same text in a query would be', async () => {
  const types = ['{ type: integer }', '{ type: number }', '{ type: string }', '{ type: boolean }', '{}']
  const text = fc.oneof(fc.constantFrom('7', '1.5', 'true', 'x'), fc.stringMatching(/^[a-z0-9.]{1,6}$/))
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...types), text, async (type, V) => {
      const route = 'match: GET /\nin: { a.b: query.b }\nresponse: { body: { v: $.a.b } }'
      const asked = loadProject({ ...files(type, '1'), 'routes/r': route })
      const answer = await runSnapshot(asked, { request: { query: { b: V } } }).catch(() => undefined)
      const told = diagnosticsOf(files(type, '"${env.V}"'), { V }).filter(({ severity }) => severity === 'error')
      if (answer?.status !== 200) expect(told).not.toEqual([])
      else {
        expect(told).toEqual([])
        expect((await runSnapshot(loadProject(files(type, '"${env.V}"'), { V }))).body).toEqual(answer.body)
      }
    }),
    { numRuns: 60 },
  )
})
