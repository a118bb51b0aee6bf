import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import pc from 'picocolors'
import { drawRequest } from '../../src/cli/waterfall.ts'
import { screenWidth } from '../../src/diagnostics/screen-width.ts'
import type { RequestEntry } from '../../src/server/gateway.ts'
import type { CallRecord } from '../../src/steps/context.ts'

const plain = pc.createColors(false)

function call(step: string, startedMs: number, ms: number, more: Partial<CallRecord> = {}): CallRecord {
  return { step, source: 'live', error: undefined, status: 200, attempts: 1, startedMs, ms, ...more }
}

function request(more: Partial<RequestEntry> = {}): RequestEntry {
  return {
    method: 'GET',
    path: '/home',
    route: 'home',
    status: 200,
    ms: 100,
    bytes: 2048,
    traceId: '0af7651916cd43dd8448eb211c80319c',
    requestId: 'r1',
    records: [],
    degraded: [],
    ...more,
  }
}

const draw = (entry: RequestEntry, width = 100) => drawRequest(entry, { width, paint: plain }).split('\n')

describe('the line of a request', () => {
  test('tells method, path, status, time against budget, size and route', () => {
    expect(draw(request({ budgetMs: 800 }))).toEqual(['GET /home  200  100 ms of 800 ms  2.0 KB  home'])
  })

  test('says that no route matched', () => {
    expect(draw(request({ status: 404, ms: 0.42, bytes: 120, route: undefined } as never))).toEqual([
      'GET /home  404  0.4 ms  120 B  no route',
    ])
  })

  test('names the error that was answered, and each degraded step once', () => {
    const degraded = ['promos', 'promos', 'reco'].map((step) => ({ step, source: 'skipped', error: 'timeout' }))
    expect(draw(request({ degraded }))[0]).toMatch(/ {2}degraded: promos, reco$/)
    expect(draw(request({ status: 504, error: 'timeout' }))[0]).toMatch(/^GET \/home {2}504 .* error: timeout$/)
  })

  test('shows a percent-encoded path as it reads, and nothing that steers a terminal', () => {
    expect(draw(request({ path: '/%E4%B8%8A%E6%B5%B7' }))[0]).toMatch(/^GET \/上海 /)
    expect(draw(request({ path: '/a%1b[2Jb\u009bc' }))[0]).toMatch(/^GET \/a�\[2Jb�c /)
    expect(draw(request({ path: '/%ff' }))[0]).toMatch(/^GET \/%ff /)
  })

  test('cuts a long path, not what follows it', () => {
    const [line] = draw(request({ path: `/${'上'.repeat(90)}` }), 80)
    expect(line).toMatch(/… {2}200 {2}100 ms {2}2.0 KB {2}home$/)
    expect(screenWidth(line!)).toBeLessThanOrEqual(80)
  })
})

describe('the bars', () => {
  const barsOf = (lines: string[]) => lines.slice(1).map((line) => /[ ━]*━[ ━]*(?= +[\d.]+ m?s)/.exec(line)![0])

  test('stand where the calls stand in the request, in the order of their start', () => {
    const lines = draw(request({ records: [call('second', 50, 50), call('first', 0, 50)] }), 100)
    expect(lines[1]).toBe(`  ✓ first   ${'━'.repeat(30)}${' '.repeat(30)}    50 ms`)
    expect(lines[2]).toBe(`  ✓ second  ${' '.repeat(30)}${'━'.repeat(30)}    50 ms`)
  })

  test('take a column even for a call that took no time, and end with the request', () => {
    const lines = draw(request({ records: [call('instant', 99.99, 0.001), call('late', 100, 30)] }))
    for (const bar of barsOf(lines)) expect(bar.match(/━/g)).toHaveLength(1)
  })

  test('of one step that is called often share a line', () => {
    const records = [call('prices', 0, 10), call('prices', 50, 10), call('prices', 90, 10)]
    const lines = draw(request({ records }))
    expect(lines).toHaveLength(2)
    expect(lines[1]).toMatch(/━+ +━+ +━+ +100 ms {2}×3$/)
  })

  test('give way to the figures on a narrow screen', () => {
    const lines = draw(request({ records: [call('banners', 0, 40)] }), 30)
    expect(lines[1]).toBe('  ✓ banners    40 ms')
  })

  test.each([
    ['a live answer', call('x', 0, 5), /✓ x .* 5.0 ms$/],
    ['another status than 200', call('x', 0, 5, { status: 404 }), /✓ x .* {2}404$/],
    ['several attempts', call('x', 0, 5, { attempts: 3 }), /✓ x .* {2}3 attempts$/],
    ['a version', call('x', 0, 5, { version: 'canary' }), /✓ x .* {2}canary$/],
    ['a cached answer', call('x', 0, 5, { source: 'cache', attempts: 0 }), /≈ x .* {2}cache$/],
    ['a shared answer', call('x', 0, 5, { source: 'coalesced' }), /≈ x .* {2}coalesced$/],
    ['a fallback', call('x', 0, 5, { source: 'fallback', error: 'timeout' }), /↷ x .* {2}fallback after timeout$/],
    ['a stale answer', call('x', 0, 5, { source: 'stale', error: 'http-500' }), /↷ x .* {2}stale after http-500$/],
    ['a failure', call('x', 0, 5, { source: 'skipped', error: 'unavailable' }), /✗ x .* {2}unavailable$/],
  ])('tell %s by symbol and note', (_name, record, line) => {
    expect(draw(request({ records: [record] }))[1]).toMatch(line)
  })

  test('tell a part that was left out from one that failed the request', () => {
    const records = [call('promos', 0, 5, { source: 'skipped', error: 'timeout' })]
    const degraded = [{ step: 'promos', source: 'skipped', error: 'timeout' }]
    expect(draw(request({ records, degraded }))[1]).toMatch(/○ promos .* {2}left out after timeout$/)
  })

  test('are painted by how the call ended', () => {
    const records = [call('ok', 0, 50), call('bad', 50, 50, { source: 'skipped', error: 'timeout' })]
    const painted = drawRequest(request({ records }), { width: 100, paint: pc.createColors(true) }).split('\n')
    expect(painted[1]).toContain(pc.createColors(true).green('━'.repeat(30)))
    expect(painted[2]).toMatch(/\[31m━+/)
  })

  test('line up and fit whatever the names, times and width', () => {
    const records = fc.array(
      fc.record({
        step: fc.constantFrom('a', '推荐', 'a-rather-long-name-of-a-step-indeed', 'prix-é'),
        source: fc.constantFrom('live', 'cache', 'stale', 'fallback', 'skipped'),
        error: fc.option(fc.constantFrom('timeout', 'a-rather-long-code-of-an-error'), { nil: undefined }),
        status: fc.constant(200),
        attempts: fc.integer({ min: 0, max: 5 }),
        startedMs: fc.double({ min: 0, max: 5000, noNaN: true }),
        ms: fc.double({ min: 0, max: 5000, noNaN: true }),
      }),
      { maxLength: 12 },
    )
    fc.assert(
      fc.property(
        records,
        fc.integer({ min: 60, max: 200 }),
        fc.double({ min: 0, max: 3000, noNaN: true }),
        (calls, width, ms) => {
          const rows = draw(request({ records: calls as CallRecord[], ms }), width).slice(1)
          expect(rows).toHaveLength(new Set(calls.map(({ step }) => step)).size)
          for (const row of rows) expect(screenWidth(row)).toBeLessThanOrEqual(width)
          const figures = new Set(
            rows.map((row) => screenWidth(/^.*?(?<=[\d.]) m?s/.exec(row)![0].replace(/m?s$/, ''))),
          )
          expect(Math.max(...figures) - Math.min(...figures)).toBeLessThanOrEqual(1)
        },
      ),
    )
  })
})
