import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Backends, startBackends } from '../../bench/harness/backends.ts'
import { findObstacle } from '../../bench/harness/requirements.ts'
import { callTheRoll } from '../../bench/harness/roll-call.ts'
import type { Scenario, Variant } from '../../bench/harness/scenario.ts'
import { startServer } from '../../bench/harness/server.ts'
import { startSpanSink } from '../../bench/harness/span-sink.ts'
import { scenarios } from '../../bench/scenarios/index.ts'
import { inventVariant } from '../support/measurements.ts'

const bench = fileURLToPath(new URL('../../bench/main.ts', import.meta.url))
const obstacle = findObstacle()
if (obstacle !== undefined) console.warn(`the bench is not tested on this machine: ${obstacle}`)
const onBenchMachines = obstacle === undefined ? describe : describe.skip

const [home] = scenarios as [Scenario, ...Scenario[]]

test('those who are not here are told with why, and a scenario without anyone is left out', async () => {
  const here = inventVariant('here')
  const absent = { ...inventVariant('absent', 'Absent'), findObstacle: () => 'it is not installed' }
  const unbuilt = { ...inventVariant('unbuilt', 'Unbuilt'), prepare: async () => 'it cannot be built' }
  const task = { scenario: home, rounds: 1, repeats: 0 }
  const told: string[] = []
  const { tasks, skipped } = await callTheRoll(
    [
      { ...task, variants: [here, absent] },
      { ...task, variants: [unbuilt, absent] },
    ],
    (line) => told.push(line),
  )
  expect(tasks).toEqual([{ ...task, variants: [here] }])
  expect(skipped).toEqual(['Absent: it is not installed', 'Unbuilt: it cannot be built'])
  expect(told).toHaveLength(2)
})

test('the sink of spans takes all it is sent, and counts it', async () => {
  const sink = await startSpanSink()
  const response = await fetch(`${sink.url}/v1/traces`, { method: 'POST', body: 'x'.repeat(1000) })
  expect(response.status).toBe(200)
  expect(sink.received).toEqual({ exports: 1, bytes: 1000 })
  await sink.stop()
})

onBenchMachines('a server under test', () => {
  let backends: Backends
  beforeAll(async () => {
    backends = await startBackends(home.bodies)
  })
  afterAll(() => backends.stop())

  test('is refused when it answers another page', async () => {
    const fastify = home.variants.find(({ name }) => name === 'fastify-undici')!
    const answer = { ...(fastify.page.answer as object), city: 'elsewhere' }
    const mistaken = { ...fastify, page: { ...fastify.page, answer } }
    await expect(checkAnswer(mistaken, backends)).rejects.toThrow('answered another page')
  })

  test('is refused when it ends, with what it said', async () => {
    const args = ['--eval', 'console.error("no such luck"); process.exit(1)']
    const broken = { ...inventVariant('broken', 'Broken'), launch: () => ({ program: process.execPath, args }) }
    await expect(startServer(broken, backends)).rejects.toThrow(/Broken has ended: no such luck/)
  })
})

onBenchMachines.each(scenarios.map((scenario) => [scenario.name, scenario] as const))('scenario %s', (_, scenario) => {
  const peers = scenario.variants.filter(({ config, prepare }) => config === undefined && prepare === undefined)
  const present = peers.filter((peer) => peer.findObstacle?.() === undefined)
  const testPeers = present.length > 0 ? test : test.skip

  testPeers('its peers give the pages that Tessera gives', async () => {
    const backends = await startBackends(scenario.bodies, { failing: scenario.failing })
    try {
      await Promise.all(present.map((peer) => checkAnswer(peer, backends)))
    } finally {
      await backends.stop()
    }
  })
})

onBenchMachines('the bench', () => {
  test('measures, prints tables and ends with the ratios', async () => {
    const tiny = ['--rounds', '1', '--seconds', '1', '--warm-up', '1', '--connections', '4', '--repeats', '0']
    const some = ['--scenario', 'home', '--only', 'tessera,fastify-undici']
    const { stdout } = await promisify(execFile)(process.execPath, [bench, ...tiny, ...some, '--json'])
    expect(stdout).toContain('| Fastify + undici |')
    const figures = JSON.parse(stdout.trimEnd().split('\n').at(-1)!)
    expect(figures).toMatchObject({ ratios: { 'fastify-undici': expect.any(Number) }, missing: [] })
  })
})

async function checkAnswer(variant: Variant, backends: Backends): Promise<void> {
  const server = await startServer(variant, backends)
  try {
    await server.checkAnswer()
  } finally {
    await server.stop()
  }
}
