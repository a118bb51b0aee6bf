import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { createLatency } from '../../demo/http/latency.ts'
import { afterTest } from '../support/cleanup.ts'
import { getJson, startFastDemo } from '../support/fast-demo.ts'
import { until } from '../support/waiting.ts'

const mainScript = fileURLToPath(new URL('../../demo/main.ts', import.meta.url))
const troubleScript = fileURLToPath(new URL('../../demo/trouble.ts', import.meta.url))

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** `npm run demo -- reco users --fast` on free ports, once it has printed where everything is. */
async function runMain(): Promise<{ main: ChildProcess; pids: number[]; control: string }> {
  const main = spawn(process.execPath, [mainScript, 'reco', 'users', '--fast', '--port-base', '0'], { stdio: 'pipe' })
  afterTest(() => main.kill('SIGKILL'))
  const pids: number[] = []
  for await (const line of createInterface(main.stdout!)) {
    const pid = /pid (\d+)/.exec(line)?.[1]
    if (pid) pids.push(Number(pid))
    const control = /^control\s+(\S+)/.exec(line)?.[1]
    if (control) return { main, pids, control }
  }
  throw new Error('the demo ended before it was ready')
}

describe('startDemoBackends', () => {
  test('runs each service in a process of its own and ends them all', async () => {
    const demo = await startFastDemo()
    afterTest(() => demo.stop())
    const pids = demo.services.map((service) => service.pid)
    expect(new Set([...pids, process.pid]).size).toBe(8)
    expect(Object.keys(demo.env).toSorted()).toEqual([
      'BRANDS_URL',
      'CATALOG_URL',
      'CONTENT_URL',
      'ISSUER_URL',
      'PRICING_URL',
      'RECO_URL',
      'USERS_URL',
    ])
    await demo.stop()
    expect(pids.filter(isAlive)).toEqual([])
    await expect(getJson(demo.controlUrl)).rejects.toThrow()
  })

  test('says which port is taken, and leaves no process behind', async () => {
    const first = await startFastDemo({ names: ['users'] })
    afterTest(() => first.stop())
    const taken = first.services[0]!.port
    await expect(startFastDemo({ names: ['users', 'reco'], ports: { users: taken } })).rejects.toThrow(
      `users did not start: port ${taken} is taken`,
    )
  })

  test('does not restart a service that dies, and tells so', async () => {
    const lines: string[] = []
    const demo = await startFastDemo({ names: ['users'], log: (line) => lines.push(line) })
    afterTest(() => demo.stop())
    process.kill(demo.services[0]!.pid, 'SIGKILL')
    await until(() => lines.includes('users has ended (SIGKILL)'))
    expect((await getJson(demo.controlUrl)).body[0]).toMatchObject({ ended: 'the service has ended' })
  })
})

describe('npm run demo', () => {
  test('ends its children on SIGTERM', async () => {
    const { main, pids } = await runMain()
    expect(pids).toHaveLength(2)
    main.kill('SIGTERM')
    const [code] = await once(main, 'exit')
    expect(code).toBe(0)
    expect(pids.filter(isAlive)).toEqual([])
  })

  test('its children end themselves when it is killed', async () => {
    const { main, pids } = await runMain()
    main.kill('SIGKILL')
    expect(pids).toHaveLength(2)
    await until(() => !pids.some(isAlive))
  })

  test('takes trouble from the command line', async () => {
    const { control } = await runMain()
    const cli = spawn(process.execPath, [troubleScript, 'reco', 'status', '500', '--rate', '0.5'], {
      env: { ...process.env, DEMO_CONTROL: control },
      stdio: 'pipe',
    })
    const lines: string[] = []
    for await (const line of createInterface(cli.stdout!)) lines.push(line)
    expect(lines[0]).toMatch(/^reco .* status status=500 rate=0.5/)
    expect(lines[1]).toMatch(/^users .* none/)
  })
})

test('latency has its median near the figure of the service, a tail, and repeats in every run', () => {
  const take = () => {
    const next = createLatency('reco', 24, 1)
    return Array.from({ length: 1000 }, next)
  }
  const sorted = take().toSorted((a, b) => a - b)
  expect(sorted[500]).toBeGreaterThan(20)
  expect(sorted[500]).toBeLessThan(28)
  expect(sorted[995]).toBeGreaterThan(60)
  expect(take()).toEqual(take())
  expect(createLatency('reco', 24, 0)()).toBe(0)
})
