import { describe, expect, test } from '@jest/globals'
import { buildSnapshot } from '../../src/plan/build.ts'
import { startGateway } from '../support/gateway.ts'
import { describeDiagnostic, projectTexts, takeMarks, world } from '../support/project.ts'

function faults(match: string) {
  const { files, marks } = takeMarks({
    ...world,
    'routes/a': `match: ${match}\nresponse: { body: 1 }`,
    'routes/b': 'match: GET /taken\nresponse: { body: 2 }',
  })
  const told = buildSnapshot(projectTexts(files)).diagnostics
  return { told: told.map(describeDiagnostic), marks }
}

describe('a route of several paths', () => {
  test('answers each of them, with its parameters', async () => {
    const { port, adminPort } = await startGateway({
      gateway: 'openapi: true',
      dictionary: 'colors: { user.id: { type: string } }',
      'routes/user': `match: [ 'GET /users/{id}', '/people/{id}/card' ]
in: { user.id: path.id }
response: { body: $.user.id }`,
    })
    const ask = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).json()
    expect([await ask('/users/u1'), await ask('/people/u2/card')]).toEqual(['u1', 'u2'])
    const api = (await ask('/openapi.json')) as { paths: Record<string, unknown> }
    expect(Object.keys(api.paths)).toEqual(['/people/{id}/card', '/users/{id}'])
    expect(adminPort).toBeDefined()
  })

  test.each([
    ["[ 'GET /a', «'POST /b' ]", 'invalid-match', 'one method'],
    ["[ 'GET /a/{id}', «/b ]", 'invalid-match', 'the same parameters'],
    ['[ GET /a, «/taken ]', 'duplicate-route', 'GET /taken'],
    ['[ GET /a, «/a ]', 'duplicate-route', 'GET /a'],
    ['[ GET /a, «b ]', 'invalid-match', ''],
  ])('%s is told at its place', (match, code, words) => {
    const { told, marks } = faults(match)
    const [first] = told
    expect(told).toHaveLength(1)
    expect(first).toContain(code)
    expect(first).toContain(words)
    if (code !== 'duplicate-route' || match.includes('/a, «/a')) expect(first).toContain(marks[0]!)
  })
})
