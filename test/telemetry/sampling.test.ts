import { describe, expect, test } from '@jest/globals'
import { newSpanId, newTraceId } from '../../src/telemetry/ids.ts'
import { planTracing, sampleShare } from '../../src/telemetry/sampling.ts'
import type { Traceparent } from '../../src/telemetry/traceparent.ts'

const settings = { service: 'tessera', sampling: 0 }
const low = '00000000000000010000000000000001'
const high = '0000000000000001ffffffffffffffff'
const parent = (flags: number): Traceparent => ({ traceId: low, parentId: 'b7ad6b7169203331', flags })
const decide = (env: Record<string, string>, sampling = 0) => {
  const { sample } = planTracing({ ...settings, sampling }, env)
  return {
    root: sample(low, undefined),
    lucky: sample(high, undefined),
    underSampled: sample(low, parent(1)),
    underUnsampled: sample(high, parent(0)),
  }
}

describe('the sampler', () => {
  const followsParent = { underSampled: true, underUnsampled: false }

  test('follows the caller, and takes its share of the rest', () => {
    expect(decide({}, 0)).toEqual({ root: false, lucky: false, ...followsParent })
    expect(decide({}, 0.01)).toEqual({ root: false, lucky: true, ...followsParent })
    expect(decide({}, 1)).toEqual({ root: true, lucky: true, ...followsParent })
  })

  test.each([
    [{ OTEL_TRACES_SAMPLER: 'always_on' }, { root: true, lucky: true, underSampled: true, underUnsampled: true }],
    [{ OTEL_TRACES_SAMPLER: 'always_off' }, { root: false, lucky: false, underSampled: false, underUnsampled: false }],
    [
      { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.5' },
      { root: false, lucky: true, underSampled: false, underUnsampled: true },
    ],
    [{ OTEL_TRACES_SAMPLER: 'parentbased_always_on' }, { root: true, lucky: true, ...followsParent }],
    [{ OTEL_TRACES_SAMPLER: 'parentbased_always_off' }, { root: false, lucky: false, ...followsParent }],
    [
      { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.5' },
      { root: false, lucky: true, ...followsParent },
    ],
    [{ OTEL_TRACES_SAMPLER: 'parentbased_traceidratio' }, { root: true, lucky: true, ...followsParent }],
    [
      { OTEL_SDK_DISABLED: 'true', OTEL_TRACES_SAMPLER: 'always_on' },
      { root: false, lucky: false, ...followsParent },
    ],
  ])('obeys %j', (env, expected) => {
    expect(decide(env as unknown as Record<string, string>, 0)).toEqual(expected)
  })

  test('says what it does not understand, and goes on', () => {
    const unknown = planTracing({ ...settings, sampling: 1 }, { OTEL_TRACES_SAMPLER: 'jaeger_remote' })
    expect(unknown.warnings).toEqual([expect.stringContaining('jaeger_remote')])
    expect(unknown.sample(low, undefined)).toBe(true)
    const env = { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '7' }
    expect(planTracing(settings, env).warnings).toEqual([expect.stringContaining('OTEL_TRACES_SAMPLER_ARG=7')])
  })

  test('takes about the share it was given, and the same traces for a smaller share', () => {
    const tenth = sampleShare(0.1)
    const fifth = sampleShare(0.2)
    const traceIds = Array.from({ length: 20_000 }, newTraceId)
    const chosen = traceIds.filter((traceId) => tenth(traceId, undefined))
    expect(chosen.length).toBeGreaterThan(1700)
    expect(chosen.length).toBeLessThan(2300)
    expect(chosen.every((traceId) => fifth(traceId, undefined))).toBe(true)
  })
})

describe('where spans go', () => {
  test.each([
    [{}, false],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' }, true],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:4318/v1/traces' }, true],
    [{ OTEL_TRACES_EXPORTER: 'console' }, true],
    [{ OTEL_TRACES_EXPORTER: ' ' }, false],
    [{ OTEL_TRACES_EXPORTER: 'none', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' }, false],
    [{ OTEL_SDK_DISABLED: 'TRUE', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' }, false],
  ])('with %j: exported is %s', (env, exports) => {
    expect(planTracing(settings, env as Record<string, string>).exports).toBe(exports)
  })

  test('under the name of OTEL_SERVICE_NAME, of the resource attributes, of the settings, in this order', () => {
    const attributes = { OTEL_RESOURCE_ATTRIBUTES: 'a=b, service.name=my%20edge' }
    expect(planTracing(settings, {}).service).toBe('tessera')
    expect(planTracing(settings, attributes).service).toBe('my edge')
    expect(planTracing(settings, { ...attributes, OTEL_SERVICE_NAME: 'front' }).service).toBe('front')
  })
})

describe('ids', () => {
  test('are lower-case hex of the right length and do not repeat, over many fillings of the pool', () => {
    const ids = Array.from({ length: 3000 }, () => [newTraceId(), newSpanId()] as const)
    expect(ids.every(([traceId, spanId]) => /^[0-9a-f]{32}$/.test(traceId) && /^[0-9a-f]{16}$/.test(spanId))).toBe(true)
    expect(new Set(ids.flat()).size).toBe(6000)
  })
})
