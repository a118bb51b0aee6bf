import { describe, expect, test } from '@jest/globals'
import { connectionHeaders } from '../../src/header-fields.ts'
import { diagnosticsOf } from '../support/conformance/page.ts'
import type { ProjectFiles } from '../support/project.ts'

const service = (keys: string, operation = '') =>
  `service: s\nendpoints: [http://127.0.0.1:9]\n${keys}\noperations: { op: { get: /x${operation} } }`
const route = (keys: string) => `match: GET /\n${keys}`
const files: ProjectFiles = {
  'services/s': service(''),
  'routes/r': route('in: { geo.city: query.b }\ndo: [ { invoke: s.op } ]\nresponse: { body: 1 }'),
}

/** Every place where a file names a header that is sent. */
const ofRequests: Record<string, (name: string) => ProjectFiles> = {
  'the headers of a service': (name) => ({ 'services/s': service(`headers: { ${name}: x }`) }),
  'the headers of an operation': (name) => ({ 'services/s': service('', `, headers: { ${name}: x }`) }),
  'an input of an operation': (name) => ({ 'services/s': service('', `, in: { geo.city: header.${name} }`) }),
  'an operation in place': (name) => ({
    'routes/r': route(`do: [ { invoke: { service: s, get: /y, headers: { ${name}: x } } } ]\nresponse: { body: 1 }`),
  }),
  'budgetHeader of a service': (name) => ({ 'services/s': service(`budgetHeader: ${name}`) }),
  'budgetHeader of the gateway': (name) => ({ gateway: `budgetHeader: ${name}` }),
}
const ofAnswers: Record<string, (name: string) => ProjectFiles> = {
  'the answer of a route': (name) => ({ 'routes/r': route(`response: { headers: { ${name}: x }, body: 1 }`) }),
  'a respond step': (name) => ({ 'routes/r': route(`do: [ { respond: { headers: { ${name}: x }, body: 1 } } ]`) }),
}
const everywhere = { ...ofRequests, ...ofAnswers }
const both = [...connectionHeaders, 'content-length', 'host']

const codesOf = (changed: ProjectFiles) =>
  diagnosticsOf({ ...files, ...changed }).flatMap(({ code, severity }) => (severity === 'error' ? [code] : []))
const isRefused = (changed: ProjectFiles) =>
  codesOf(changed).some((code) => code === 'reserved-header' || code === 'invalid-value')

describe('a header that nobody may set is an error at load, in', () => {
  test.each(Object.entries(everywhere))('%s', (_, write) => {
    const names = both.flatMap((name) => [name, name.toUpperCase()])
    expect(names.filter((name) => !isRefused(write(name)))).toEqual([])
    expect(codesOf(write('x-own'))).toEqual([])
  })
})

test('what the gateway says itself is its own, on the side where it says it', () => {
  const refusedIn = (name: string) =>
    Object.entries(everywhere).flatMap(([place, write]) => (isRefused(write(name)) ? [place] : []))
  for (const name of ['x-request-id', 'server-timing', 'tessera-degraded'])
    expect(refusedIn(name)).toEqual([
      ...(name === 'x-request-id' ? ['budgetHeader of a service', 'budgetHeader of the gateway'] : []),
      ...Object.keys(ofAnswers),
    ])
  expect(refusedIn('tessera-mirror')).toEqual(Object.keys(ofRequests))
})

test('it is shown where it stands, with a way out', () => {
  const told = diagnosticsOf({ ...files, ...ofAnswers['the answer of a route']!('Transfer-Encoding') })[0]
  expect(told).toMatchObject({
    code: 'reserved-header',
    message: '`Transfer-Encoding` cannot be set: it belongs to the connection',
    help: 'leave it away: it is set where it is due',
  })
  expect([told!.at.file, told!.at.line, told!.at.column]).toEqual(['routes/r.yaml', 2, 24])
})

describe('a name that no header can have is an error at load, in', () => {
  const readers: Record<string, (name: string) => ProjectFiles> = {
    'an input of a route': (name) => ({
      'routes/r': route(`in: { geo.city: 'header.${name}' }\nresponse: { body: 1 }`),
    }),
    'an output of an operation': (name) => ({ 'services/s': service('', `, out: { geo.city: 'header.${name}' }`) }),
    'the key of a limit': (name) => ({
      'routes/r': route(`limit: { rate: 1/s, by: 'request.headers.${name}' }\nresponse: { body: 1 }`),
    }),
    'the key of a limit of a service': (name) => ({
      'services/s': service(`limit: { rate: 1/s, by: 'request.headers.${name}' }`),
    }),
  }
  const quoted = (write: (name: string) => ProjectFiles) => (name: string) => write(`"${name}"`)
  const places = {
    ...Object.fromEntries(
      Object.entries(everywhere)
        .filter(([place]) => place !== 'an input of an operation')
        .map(([place, write]) => [place, quoted(write)]),
    ),
    ...readers,
  }
  test.each(Object.entries(places))('%s', (_, write) => {
    for (const name of ['x(y)', 'x;y', 'é', 'x@y', 'x{y}'])
      expect([name, codesOf(write(name)).length > 0]).toEqual([name, true])
  })
})

test('a header that is there twice, in upper and in lower case, is an error', () => {
  for (const changed of [
    { 'services/s': service('headers: { X-A: 1, x-a: 2 }') },
    { 'routes/r': route('response: { headers: { X-A: 1, x-a: 2 }, body: 1 }') },
  ])
    expect(codesOf(changed)).toEqual(['duplicate-key'])
})

test('a constant that a header cannot hold is an error: it would be left out of each answer, and fail each call', () => {
  for (const changed of [
    { 'services/s': service('headers: { x-a: 名 }') },
    { 'routes/r': route('response: { headers: { x-a: 名 }, body: 1 }') },
  ])
    expect(codesOf(changed)).toEqual(['invalid-value'])
})
