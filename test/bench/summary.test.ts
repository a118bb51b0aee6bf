import { describe, expect, test } from '@jest/globals'
import { findNoise } from '../../bench/harness/measure.ts'
import { renderComparisons, renderScenario, renderServers } from '../../bench/harness/report.ts'
import { collectFigures } from '../../bench/harness/results.ts'
import { ratio, type Scenario } from '../../bench/harness/scenario.ts'
import { compare, median, summarize, summarizeScenario } from '../../bench/harness/summary.ts'
import { inventVariant, inventMeasurement as measured } from '../support/measurements.ts'

const tessera = inventVariant('tessera', 'Tessera')
const fastify = inventVariant('fastify-undici', 'Fastify + undici')
const results = {
  measurements: new Map([
    [tessera, [measured(300), measured(240), measured(250)]],
    [fastify, [measured(600), measured(200), measured(500)]],
  ]),
  rejected: 1,
  noisy: 0,
}

test('takes the middle of the rounds', () => {
  expect(median([9, 1, 5])).toBe(5)
  expect(median([4, 1, 2, 100])).toBe(3)
})

test('tells a server by its medians, and the least and most of its CPU time', () => {
  expect(renderServers(summarize(results)).split('\n')).toEqual([
    '| server | CPU µs/request | least–most | requests/s | p50 ms | p99 ms | memory MB |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
    '| Tessera | 250.0 | 240.0–300.0 | 4000 | 7.3 | 19.5 | 100 |',
    '| Fastify + undici | 500.0 | 200.0–600.0 | 4000 | 7.3 | 19.5 | 100 |',
  ])
})

test('warns of a gateway whose requests queued so long that it took turns', () => {
  const gateway = { ...tessera, config: 'gateway.yaml' }
  const scenario: Scenario = { name: 'home', title: 'home', bodies: {}, variants: [gateway, fastify], comparisons: [] }
  const tell = (p50Ms: number) => {
    const rounds = [measured(900, { p50Ms })]
    return renderScenario(
      summarizeScenario(scenario, {
        ...results,
        measurements: new Map([
          [gateway, rounds],
          [fastify, rounds],
        ]),
      }),
    )
  }
  expect(tell(29)).toContain('Tessera: half of the requests waited for 29 ms or more')
  expect(tell(29)).not.toContain('Fastify + undici: half')
  expect(tell(21)).not.toContain('takes turns')
})

describe('a comparison', () => {
  const comparison = ratio('fastify-undici', 'Tessera / Fastify + undici', 'tessera', 'fastify-undici', 0.45)

  test('is told in each round by itself, and the median of those is given', () => {
    const [compared] = compare({ comparisons: [comparison] }, results)
    // The medians of the two servers would give 0.5 as well; their rounds give 0.5, 1.2 and 0.5.
    expect(compared).toMatchObject({ median: 0.5, least: 0.5, most: 1.2 })
  })

  test('says whether its aim is reached', () => {
    const near = ratio('near', 'near', 'tessera', 'fastify-undici', 0.5)
    const without = ratio('without', 'without', 'tessera', 'fastify-undici')
    const lines = renderComparisons(compare({ comparisons: [comparison, near, without] }, results)).split('\n')
    expect(lines.slice(2)).toEqual([
      '| Tessera / Fastify + undici | 0.500× | 0.500–1.200 | ≤ 0.45 | no |',
      '| near | 0.500× | 0.500–1.200 | ≤ 0.5 | yes |',
      '| without | 0.500× | 0.500–1.200 |  |  |',
    ])
  })

  test('is left out when a server of it was not measured', () => {
    expect(compare({ comparisons: [ratio('krakend', '', 'tessera', 'krakend')] }, results)).toEqual([])
  })
})

test('gives the figures for --json by the names of comparisons, scenarios and servers', () => {
  const scenario: Scenario = {
    name: 'home',
    title: 'a page',
    bodies: {},
    variants: [tessera, fastify],
    comparisons: [ratio('fastify-undici', '', 'tessera', 'fastify-undici')],
  }
  expect(collectFigures([summarizeScenario(scenario, results)], ['KrakenD: no Go'])).toEqual({
    ratios: { 'fastify-undici': 0.5 },
    cpuUsPerRequest: { home: { tessera: 250, 'fastify-undici': 500 } },
    noisy: 0,
    missing: ['KrakenD: no Go'],
  })
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
