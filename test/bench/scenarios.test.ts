import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { startBackends } from '../../bench/harness/backends.ts'
import type { Place, Scenario, Variant } from '../../bench/harness/scenario.ts'
import { describeBackends, describePage } from '../../bench/scenarios/home/data.ts'
import { scenarios } from '../../bench/scenarios/index.ts'
import { createGateway, type Gateway } from '../../src/server/gateway.ts'
import { createLogger } from '../../src/telemetry/logger.ts'

/** The larger gateways are left to the bench itself: they take seconds to load. */
const mostRoutes = 10
const mostAttempts = 10
const silent = createLogger({ level: 'silent' })

test('the backends answer about 15.7 KB and the page has about 8.4 KB', () => {
  const size = (value: unknown) => Buffer.byteLength(JSON.stringify(value))
  const bodies = Object.values(describeBackends()).flatMap((answers) => Object.values(answers))
  expect(bodies).toHaveLength(5)
  expect(Math.abs(bodies.map(size).reduce((sum, bytes) => sum + bytes) - 15_700)).toBeLessThan(300)
  expect(Math.abs(size(describePage()) - 8_400)).toBeLessThan(300)
})

test('scenarios, servers and comparisons are told apart by their names', () => {
  const expectUnique = (names: readonly string[]) => expect(new Set(names).size).toBe(names.length)
  expectUnique(scenarios.map(({ name }) => name))
  expectUnique(scenarios.flatMap(({ comparisons }) => comparisons.map(({ name }) => name)))
  for (const { variants } of scenarios) expectUnique(variants.map(({ name }) => name))
})

test('what a scenario compares and what a quick run takes of it are servers of it', () => {
  for (const { variants, comparisons, quick } of scenarios) {
    const names = variants.map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(comparisons.flatMap((comparison) => [...comparison.variants])))
    expect(names).toEqual(expect.arrayContaining([...(quick?.variants ?? [])]))
  }
})

describe.each(scenarios.map((scenario) => [scenario.name, scenario] as const))('scenario %s', (_, scenario) => {
  test('has configurations that load, and gateways that answer its pages', async () => {
    const backends = await startBackends(scenario.bodies, { failing: scenario.failing, plain: true })
    const directory = await mkdtemp(join(tmpdir(), 'tessera-scenario-'))
    const gateways: Gateways = new Map()
    try {
      const place = { port: 0, directory, urls: backends.urls, spansUrl: 'http://127.0.0.1:9' }
      for (const variant of listGateways(scenario)) await checkAnswer(variant, place, gateways)
    } finally {
      for (const { gateway } of gateways.values()) await gateway.close()
      await rm(directory, { recursive: true, force: true })
      await backends.stop()
    }
  })
})

/** By what they were started with: many pages may be of one gateway. */
type Gateways = Map<string, { gateway: Gateway; port: number }>

/** Gateways only: what peers answer is tested where they can run (harness.test.ts). */
function listGateways({ name, variants }: Scenario): Variant[] {
  const gateways = variants.filter(({ config }) => config !== undefined)
  return name === 'routes' ? gateways.filter((variant) => Number(variant.name) <= mostRoutes) : gateways
}

async function checkAnswer({ launch, page }: Variant, place: Place, gateways: Gateways): Promise<void> {
  const { args, env } = launch(place)
  const options = { config: args[args.indexOf('--config') + 1]!, env: { ...place.urls, ...env } }
  const key = JSON.stringify(options)
  if (!gateways.has(key)) {
    const gateway = await createGateway({ ...options, port: 0, adminPort: false, watch: false, logger: silent })
    gateways.set(key, { gateway, port: (await gateway.listen()).port })
  }
  const url = `http://127.0.0.1:${gateways.get(key)!.port}${page.path}`
  const shouldBeDegraded = page.mayBeDegraded ?? false
  // On a machine that stood still a call may have been too late, and a fallback answered.
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(url, { headers: page.headers })
    const answer = await response.json()
    if (response.headers.has('tessera-degraded') !== shouldBeDegraded && attempt < mostAttempts) continue
    expect(answer).toEqual(page.answer)
    expect(response.headers.has('tessera-degraded')).toBe(shouldBeDegraded)
    return
  }
}
