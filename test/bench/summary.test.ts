import { describe, expect, test } from '@jest/globals'
import { addUpSelfTime, type CpuProfile } from '../../bench/harness/cpu-profile.ts'
import { findNoise, type Measurement } from '../../bench/harness/measure.ts'
import { readOptions } from '../../bench/harness/options.ts'
import { compareWithPeers, median, renderTable, summarize } from '../../bench/harness/summary.ts'
import { variants } from '../../bench/harness/variants.ts'

const [tessera, fastify] = variants

function measured(cpuUsPerRequest: number, changes: Partial<Measurement> = {}): Measurement {
  const latencies = { p50Ms: 7.25, p99Ms: 19.5 }
  const shares = { serverShare: 0.99, othersShare: 0.01, besideShare: 0.1 }
  return {
    cpuUsPerRequest,
    requestsPerSecond: 4000,
    ...latencies,
    residentBytes: 100 * 1024 ** 2,
    ...shares,
    ...changes,
  }
}

test('takes the middle of the rounds', () => {
  expect(median([9, 1, 5])).toBe(5)
  expect(median([4, 1, 2, 100])).toBe(3)
})

test("gives Tessera's CPU time over each peer's, by medians", () => {
  const measurements = new Map([
    [tessera!, [measured(300), measured(240), measured(250)]],
    [fastify!, [measured(190), measured(200), measured(500)]],
  ])
  const summaries = summarize({ measurements, rejected: 0, noisy: 0 })
  expect(compareWithPeers(summaries)).toEqual({ 'fastify-undici': 1.25 })
  expect(renderTable(summaries).split('\n')).toEqual([
    '| server | CPU µs/request | least–most | Tessera / it | requests/s | p50 ms | p99 ms | memory MB |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
    '| Tessera | 250.0 | 240.0–300.0 |  | 4000 | 7.3 | 19.5 | 100 |',
    '| Fastify + undici | 200.0 | 190.0–500.0 | 1.25× | 4000 | 7.3 | 19.5 | 100 |',
  ])
})

describe('a measurement', () => {
  test('is noise when others took more than 5 % of the core', () => {
    expect(findNoise(measured(200, { othersShare: 0.06 }))).toBe('other processes took 6 % of core 0')
  })

  test('is noise when others took more than 20 % of the core beside it', () => {
    expect(findNoise(measured(200, { besideShare: 0.3 }))).toBe('other processes took 30 % of core 1')
  })

  test('is noise when the load did not keep the server busy', () => {
    expect(findNoise(measured(200, { serverShare: 0.5 }))).toBe('the server had work for 50 % of core 0 only')
  })

  test('is fine otherwise', () => {
    expect(findNoise(measured(200))).toBeUndefined()
  })
})

describe('the options', () => {
  test('of a quick run are fewer and shorter rounds', () => {
    expect(readOptions(['--quick'])).toMatchObject({ rounds: 3, plan: { seconds: 3, warmUpSeconds: 2 } })
  })

  test('give way to those that are named', () => {
    expect(readOptions(['--quick', '--rounds', '7'])).toMatchObject({ rounds: 7, repeats: 4 })
  })

  test('refuse a count that is none, and a server that nobody knows', () => {
    expect(() => readOptions(['--rounds', '0'])).toThrow('--rounds takes a whole number from 1, not 0')
    expect(() => readOptions(['--only', 'koa'])).toThrow('there is no koa')
  })
})

test('adds up self time by function and by area, after the warm-up and without idling', () => {
  const frame = (id: number, functionName: string, url: string) => ({
    id,
    callFrame: { functionName, url, lineNumber: 9 },
  })
  const profile: CpuProfile = {
    nodes: [
      frame(1, '(idle)', ''),
      frame(2, 'parse', 'file:///home/me/tessera/src/backends/decode.ts'),
      frame(3, 'resume', 'file:///home/me/tessera/node_modules/undici/lib/client.js'),
    ],
    startTime: 0,
    samples: [3, 2, 2, 1, 3],
    timeDeltas: [100, 100, 200, 500, 100],
  }
  expect(addUpSelfTime(profile, 150)).toEqual({
    functions: [
      { place: 'parse  src/backends/decode.ts:10', share: 0.75 },
      { place: 'resume  npm:undici/lib/client.js:10', share: 0.25 },
    ],
    areas: [
      { place: 'src/backends', share: 0.75 },
      { place: 'npm:undici', share: 0.25 },
    ],
  })
})
