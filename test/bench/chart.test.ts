import { expect, test } from '@jest/globals'
import { renderChart } from '../../bench/harness/chart.ts'
import type { Scenario } from '../../bench/harness/scenario.ts'
import { summarizeScenario } from '../../bench/harness/summary.ts'
import { inventMeasurement, inventVariant } from '../support/measurements.ts'

const own = { ...inventVariant('tessera', 'Tessera'), config: 'gateway.yaml' }
const peer = inventVariant('peer', 'nginx + Lua, <raw> & quick')
const scenario: Scenario = { name: 'home', title: 'a page', bodies: {}, variants: [own, peer], comparisons: [] }
const measurements = new Map([
  [own, [100, 200, 150].map((us) => inventMeasurement(us))],
  [peer, [300, 400, 300].map((us) => inventMeasurement(us))],
])

test('draws a bar for each server, as long as its CPU time, with a line from the least to the most', () => {
  const chart = renderChart([summarizeScenario(scenario, { measurements, rejected: 0, noisy: 0 })])
  const bars = [...chart.matchAll(/<rect class="(own|peer)" x="(\d+)" y="(\d+)" width="([\d.]+)"/g)]
  expect(bars.map(([, kind]) => kind)).toEqual(['own', 'peer'])
  const [width, peerWidth] = bars.map((bar) => Number(bar[4]))
  expect(peerWidth! / width!).toBeCloseTo(300 / 150, 2)
  const [line] = [...chart.matchAll(/<line class="spread" x1="([\d.]+)" y1="[\d.]+" x2="([\d.]+)"/g)]
  const [least, most] = [Number(line![1]), Number(line![2])].map((x) => x - Number(bars[0]![2]))
  expect(most! / least!).toBeCloseTo(2, 2)
})

test('keeps what it shows inside the picture, and its text readable as XML', () => {
  const chart = renderChart([summarizeScenario(scenario, { measurements, rejected: 0, noisy: 0 })])
  const height = Number(/height="(\d+)" role/.exec(chart)![1])
  const below = [...chart.matchAll(/y="([\d.]+)"/g)].map((match) => Number(match[1]))
  expect(Math.max(...below)).toBeLessThan(height)
  expect(chart).toContain('nginx + Lua, &lt;raw&gt; &amp; quick')
})
