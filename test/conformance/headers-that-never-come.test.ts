import { describe, expect, test } from '@jest/globals'
import { diagnosticsOf } from '../support/conformance/page.ts'
import type { ProjectFiles } from '../support/project.ts'

const name = 'x-forwarded-for'
const service = (keys: string, operation = '') =>
  `service: s\nendpoints: [http://127.0.0.1:9]\n${keys}\noperations: { op: { get: /x${operation} } }`
const route = (keys: string) => `match: GET /\n${keys}\nresponse: { body: 1 }`

/** Every place that reads a header of the client. */
const places: Record<string, ProjectFiles> = {
  'an input': { 'routes/r': route(`in: { geo.city?: header.${name} }`) },
  'a template': { 'routes/r': route(`do: [ { assign: { geo.city: $.request.headers.${name} } } ]`) },
  'an expression': {
    'routes/r': route(`do: [ { when: "request.headers['${name}'] == 'x'", assign: { geo.city: x } } ]`),
  },
  'a priority': { 'routes/r': route(`priority: "\${ request.headers['${name}'] == 'x' ? 'high' : 'low' }"`) },
  'the limit of a route': { 'routes/r': route(`limit: { rate: 1/s, by: request.headers.${name} }`) },
  'one of the keys of a limit': {
    'routes/r': route(`limit: { rate: 1/s, by: [request.ip, request.headers.${name}] }`),
  },
  'the bulkhead of a route': {
    'routes/r': route(`bulkhead: { concurrent: 1, queue: 1, order: fair, by: request.headers.${name} }`),
  },
  'the limit of a passthrough': {
    'services/s': service(''),
    'routes/r': `match: /p\nproxy: s\nlimit: { rate: 1/s, by: request.headers.${name} }`,
  },
  'the limit of a service': { 'services/s': service(`limit: { rate: 1/s, by: request.headers.${name} }`) },
  'the bulkhead of a service': {
    'services/s': service(`bulkhead: { concurrent: 1, queue: 1, order: fair, by: request.headers.${name} }`),
  },
  'a header of a service': { 'services/s': service(`headers: { x-from: $.request.headers.${name} }`) },
  'a body of an operation': {
    'services/s': `service: s\nendpoints: [http://127.0.0.1:9]\noperations: { op: { post: /x, body: { from: $.request.headers.${name} } } }`,
  },
  'the limit of the gateway': { gateway: `limit: { rate: 1/s, by: request.headers.${name} }` },
  'one of the keys of the gateway': { gateway: `limit: { rate: 1/s, by: [request.ip, request.headers.${name}] }` },
}
const errorsOf = (files: ProjectFiles) => diagnosticsOf(files).filter(({ severity }) => severity === 'error')

describe('a header that only proxies may send, read where no proxy is trusted, is told once, in', () => {
  test.each(Object.entries(places))('%s', (_, files) => {
    expect(errorsOf(files).map(({ code }) => code)).toEqual(['untrusted-header'])
    const trusting = { ...files, gateway: `${files['gateway'] ?? ''}\ntrustedProxies: [loopback]` }
    expect(errorsOf(trusting)).toEqual([])
    const own = Object.fromEntries(Object.entries(files).map(([file, text]) => [file, text!.replaceAll(name, 'x-own')]))
    expect(errorsOf(own)).toEqual([])
  })

  test('at the key itself', () => {
    const [told] = errorsOf(places['one of the keys of the gateway']!)
    expect([told!.at.line, told!.at.column]).toEqual([1, 38])
  })
})
