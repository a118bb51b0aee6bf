import { describe, expect, test } from '@jest/globals'
import { GatewayError } from '../../src/errors.ts'
import { assembleAnswer } from '../../src/run/assemble.ts'
import { printProblem } from '../../src/run/problem.ts'
import { type CallRecord, Exit } from '../../src/steps/context.ts'

const record = (more: Partial<CallRecord>): CallRecord => ({
  step: 'x',
  source: 'live',
  error: undefined,
  status: 200,
  attempts: 1,
  startedMs: 0,
  ms: 1,
  ...more,
})
const answer = (records: CallRecord[], headers: Record<string, unknown> = {}, maxAgeMs?: number) =>
  assembleAnswer(new Exit(200, headers, 'ok'), records, { degradedMaxAgeMs: maxAgeMs, headers: undefined }).headers

describe('the headers of an answer', () => {
  test('name so many parts that are missing, and count the rest', () => {
    const failed = Array.from({ length: 500 }, (_, index) =>
      record({ step: `s${index}`, source: 'skipped', error: 'timeout' }),
    )
    const degraded = String(answer(failed)['tessera-degraded'])
    expect(degraded.split(', ')).toHaveLength(41)
    expect(degraded).toMatch(/^s0;source=skipped;error=timeout, .*, others;count=460$/)
  })

  test('tell the cache of a call from the gateway’s own, whatever the call is named', () => {
    const records = [
      record({ step: 'tessera', cacheStatus: 'hit;ttl=1' }),
      record({ step: 'y', cacheStatus: 'fwd=uri-miss' }),
    ]
    expect(answer(records)['cache-status']).toBe('steps.tessera;hit;ttl=1, y;fwd=uri-miss')
  })

  test('keep what a degraded answer may say, quoted commas and all', () => {
    const said = { 'cache-control': 'private="x-a, y", max-age=60' }
    const headers = answer([record({ source: 'skipped', error: 'timeout' })], said, 5000)
    expect(headers['cache-control']).toBe('private="x-a, y", max-age=5')
  })

  test.each([
    ['"abc"', '"abc"'],
    ['W/"abc"', 'W/"abc"'],
    ['abc', undefined],
    ['"a"b"', undefined],
    ['', undefined],
  ])('have a tag only where that is one: %s', (etag, sent) => expect(answer([], { etag })['etag']).toBe(sent))
})

describe('the instance of a problem', () => {
  const instance = (path: string) =>
    JSON.parse(printProblem(new GatewayError('timeout'), { path, route: undefined, traceId: 't' })).instance
  test.each([
    ['/a/b%20c', '/a/b%20c'],
    ['/a{id}', '/a%7Bid%7D'],
    ['/a%zz|"<é', '/a%25zz%7C%22%3C%C3%A9'],
    ['//evil.example/x', '/.//evil.example/x'],
  ])('of %s is a URI reference', (path, expected) => {
    expect(instance(path)).toBe(expected)
    expect(new URL(instance(path), 'http://host/').host).toBe('host')
  })
})
