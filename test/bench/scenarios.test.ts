import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { startBackends } from '../../bench/harness/backends.ts'
import type { Scenario, Variant } from '../../bench/harness/scenario.ts'
import { describeBackends, describePage } from '../../bench/scenarios/home/data.ts'
import { scenarios } from '../../bench/scenarios/index.ts'
import { createGateway } from '../../src/server/gateway.ts'
import { createLogger } from '../../src/telemetry/logger.ts'

/** The larger gateways are left to the bench itself: they take seconds to load. */
const mostRoutes = 10
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
    try {
      for (const variant of listGateways(scenario)) await checkGateway(variant, backends.urls)
    } finally {
      await backends.stop()
    }
  })
})

/** Gateways only: what peers answer is tested where they can run (harness.test.ts). */
function listGateways({ name, variants }: Scenario): Variant[] {
  const gateways = variants.filter(({ config }) => config !== undefined)
  return name === 'routes' ? gateways.filter((variant) => Number(variant.name) <= mostRoutes) : gateways
}

async function checkGateway({ launch, page }: Variant, urls: Record<string, string>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'tessera-scenario-'))
  const { args, env } = launch({ port: 0, directory, urls, spansUrl: 'http://127.0.0.1:9' })
  const options = { config: args[args.indexOf('--config') + 1]!, env: { ...urls, ...env } }
  const gateway = await createGateway({ ...options, port: 0, adminPort: false, watch: false, logger: silent })
  try {
    const { port } = await gateway.listen()
    const response = await fetch(`http://127.0.0.1:${port}${page.path}`, { headers: page.headers })
    expect(await response.json()).toEqual(page.answer)
    expect(response.headers.has('tessera-degraded')).toBe(page.mayBeDegraded ?? false)
  } finally {
    await gateway.close()
    await rm(directory, { recursive: true, force: true })
  }
}
