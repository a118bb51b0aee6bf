import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Backends, startBackends } from '../../bench/harness/backends.ts'
import { page } from '../../bench/harness/page.ts'
import { findObstacle } from '../../bench/harness/requirements.ts'
import { type Page, startServer } from '../../bench/harness/server.ts'
import { type Variant, variants } from '../../bench/harness/variants.ts'
import { describeBackends, describePage } from '../../bench/scenarios/home/data.ts'

const bench = fileURLToPath(new URL('../../bench/main.ts', import.meta.url))
const obstacle = findObstacle()
if (obstacle !== undefined) console.warn(`the bench is not tested on this machine: ${obstacle}`)
const onBenchMachines = obstacle === undefined ? describe : describe.skip

test('the backends answer about 15.7 KB and the page has about 8.4 KB', () => {
  const size = (value: unknown) => Buffer.byteLength(JSON.stringify(value))
  const bodies = Object.values(describeBackends()).flatMap((answers) => Object.values(answers))
  expect(bodies).toHaveLength(5)
  expect(Math.abs(bodies.map(size).reduce((sum, bytes) => sum + bytes) - 15_700)).toBeLessThan(300)
  expect(Math.abs(size(describePage()) - 8_400)).toBeLessThan(300)
})

onBenchMachines('the bench', () => {
  let backends: Backends
  beforeAll(async () => {
    backends = await startBackends(describeBackends())
  })
  afterAll(() => backends.stop())

  test.each(variants.map((variant) => [variant.title, variant] as const))('%s answers the page', async (_, variant) => {
    await expect(compareAnswer(variant, page)).resolves.toBeUndefined()
  })

  test('refuses a server that answers another page', async () => {
    const answer = { ...(page.answer as object), city: 'elsewhere' }
    await expect(compareAnswer(variants[1]!, { ...page, answer })).rejects.toThrow('answered another page')
  })

  test('measures, prints a table and ends with the ratios', async () => {
    const tiny = ['--rounds', '1', '--seconds', '1', '--warm-up', '1', '--connections', '4', '--repeats', '0']
    const only = ['--only', 'tessera,fastify-undici']
    const { stdout } = await promisify(execFile)(process.execPath, [bench, ...tiny, ...only, '--json'])
    expect(stdout).toContain('| Fastify + undici |')
    const { ratios } = JSON.parse(stdout.trimEnd().split('\n').at(-1)!)
    expect(ratios).toEqual({ 'fastify-undici': expect.any(Number) })
  }, 60_000)

  async function compareAnswer(variant: Variant, expected: Page): Promise<void> {
    const server = await startServer(variant, backends, expected)
    try {
      await server.checkAnswer()
    } finally {
      await server.stop()
    }
  }
})
