import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type CallerHeaders, readPropagators } from '../../src/telemetry/propagators.ts'
import { afterTest, opened } from '../support/cleanup.ts'
import { setOtelEnvironment } from '../support/collector.ts'
import { startGateway } from '../support/gateway.ts'
import { startHttpServer } from '../support/servers.ts'
import { wordRoute, wordService } from '../support/words.ts'

const traceId = '0af7651916cd43dd8448eb211c80319c'
const spanId = 'b7ad6b7169203331'
const traceparent = `00-${traceId}-${spanId}-01`
const short = traceId.slice(16)

const propagators = (text: string | undefined) => {
  const warnings: string[] = []
  const made = readPropagators({ OTEL_PROPAGATORS: text }, (message) => warnings.push(message))
  return { ...made, warnings }
}

describe('a trace that comes', () => {
  test.each<[string, CallerHeaders, string | undefined]>([
    ['b3', { b3: `${traceId}-${spanId}-1` }, traceparent],
    ['b3', { b3: `${traceId}-${spanId}-d-05e3ac9a4f6e3b90` }, traceparent],
    ['b3', { b3: `${traceId.toUpperCase()}-${spanId}-0` }, traceparent.replace(/1$/, '0')],
    ['b3', { b3: `${short}-${spanId}-1` }, `00-${short.padStart(32, '0')}-${spanId}-01`],
    ['b3', { b3: '1' }, undefined],
    ['b3', { b3: `${traceId}-xyz-1` }, undefined],
    ['b3multi', { 'x-b3-traceid': traceId, 'x-b3-spanid': spanId, 'x-b3-sampled': '1' }, traceparent],
    ['b3multi', { 'x-b3-traceid': traceId, 'x-b3-spanid': spanId, 'x-b3-flags': '1' }, traceparent],
    ['jaeger', { 'uber-trace-id': `${traceId}:${spanId}:0:1` }, traceparent],
    ['jaeger', { 'uber-trace-id': `${traceId}%3A${spanId.slice(1)}%3A0%3A1` }, `00-${traceId}-0${spanId.slice(1)}-01`],
    ['b3', { traceparent }, undefined],
    ['none', { traceparent, b3: `${traceId}-${spanId}-1` }, undefined],
    ['b3, tracecontext', { traceparent }, traceparent],
    ['tracecontext,b3', { traceparent, b3: `${traceId}-${spanId}-0` }, traceparent],
    [undefined as unknown as string, { traceparent }, traceparent],
  ])('by %s: %j', (text, headers, expected) => {
    expect(propagators(text).read(headers).traceparent).toBe(expected)
  })

  test('of whatever text is read without a throw, and is a trace or none', () => {
    const { read } = propagators('b3,b3multi,jaeger')
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        const found = read({ b3: one, 'uber-trace-id': other, 'x-b3-traceid': one, 'x-b3-spanid': other }).traceparent
        return found === undefined || /^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/.test(String(found))
      }),
    )
  })

  test('comes back from what was written of it', () => {
    for (const name of ['b3', 'b3multi', 'jaeger']) {
      const { read, write } = propagators(name)
      const written = write!(traceparent)
      const headers: Record<string, string> = {}
      for (let at = 0; at < written.length; at += 2) headers[written[at]!] = written[at + 1]!
      expect(read(headers).traceparent).toBe(traceparent)
    }
  })
})

test('baggage goes only where it is listed, and what is unknown is told', () => {
  expect(propagators('tracecontext').read({ traceparent, baggage: 'a=1' }).baggage).toBeUndefined()
  expect(propagators('b3,baggage').read({ baggage: 'a=1' }).baggage).toBe('a=1')
  expect(propagators('xray,tracecontext').warnings).toEqual(['OTEL_PROPAGATORS: xray is not a propagator we know'])
})

describe('a backend gets the trace', () => {
  test.each([
    ['b3', { b3: new RegExp(`^${traceId}-[0-9a-f]{16}-1$`) }, ['traceparent', 'uber-trace-id']],
    ['jaeger,tracecontext', { 'uber-trace-id': new RegExp(`^${traceId}:`), traceparent: new RegExp(traceId) }, ['b3']],
    ['none', {}, ['traceparent', 'b3', 'uber-trace-id']],
  ] as const)('in the headers of OTEL_PROPAGATORS=%s, by calls and by `proxy:`', async (text, wanted, absent) => {
    afterTest(setOtelEnvironment({ OTEL_PROPAGATORS: text }))
    const seen: Record<string, unknown>[] = []
    const backend = await opened(
      startHttpServer((request, response) => {
        seen.push(request.headers)
        response.setHeader('content-type', 'application/json')
        response.end('{"word":"x"}')
      }),
    )
    const { port } = await startGateway({
      gateway: 'telemetry: { trust: all }',
      'services/words': wordService(backend.url),
      'routes/word': wordRoute,
      'routes/passed': "match: ANY /words/*rest\nproxy: { service: words, path: '/{rest}' }",
    })
    const sent: Record<string, string> = text.startsWith('jaeger')
      ? { 'uber-trace-id': `${traceId}:${spanId}:0:1` }
      : { b3: `${traceId}-${spanId}-1` }
    for (const path of ['/word', '/words/word']) await fetch(`http://127.0.0.1:${port}${path}`, { headers: sent })
    expect(seen).toHaveLength(2)
    for (const headers of seen) {
      for (const [name, pattern] of Object.entries(wanted)) expect(headers[name]).toMatch(pattern)
      for (const name of absent) if (text !== 'none' || !(name in sent)) expect(headers).not.toHaveProperty(name)
    }
  })
})
