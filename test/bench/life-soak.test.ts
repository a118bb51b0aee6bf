import { existsSync } from 'node:fs'
import { afterEach, describe, expect, test } from '@jest/globals'
import { startChild } from '../../bench/harness/child.ts'
import { type Holdings, probeArgs, readHoldings } from '../../bench/life/probe.ts'
import type { Server } from '../../bench/life/processes.ts'
import { judgeRest, judgeSamples, type Sample } from '../../bench/life/soak-samples.ts'
import { until } from '../support/waiting.ts'

const minutesOfSoak = 10
const samplesOfSoak = 60

const onLinux = existsSync('/proc/self/stat') ? describe : describe.skip

onLinux('a soak', () => {
  let server: Server | undefined
  afterEach(() => server?.stop())

  /** A process that runs this code each time it is told to, and says when it has. */
  async function start(code: string): Promise<{ readonly server: Server; step(): Promise<void> }> {
    const source = `
process.on('SIGPWR', () => {
  ${code}
  console.error('STEPPED ' + ++steps)
})
let steps = 0
setInterval(() => {}, 1000)
console.error('STEPPED 0')`
    const child = startChild(process.execPath, [...probeArgs, '--input-type=module', '--eval', source])
    server = { title: 'the process', port: 0, adminUrl: undefined, ...child }
    const untilStepped = (count: number) =>
      until(() => child.complaints().includes(`STEPPED ${count}\n`)).then(() => {})
    await untilStepped(0)
    let steps = 0
    const step = () => {
      process.kill(child.pid, 'SIGPWR')
      return untilStepped(++steps)
    }
    return { server, step }
  }

  /** Ten minutes of a process in the time its steps take. */
  async function soak(code: string): Promise<readonly Sample[]> {
    const { server, step } = await start(code)
    const samples: Sample[] = []
    for (let index = 0; index < samplesOfSoak; index++) {
      await step()
      const { heapBytes, bufferBytes, handles, sockets } = await readHoldings(server, 'quick')
      samples.push({
        atMs: (index * minutesOfSoak * 60_000) / samplesOfSoak,
        residentMb: 150,
        heapMb: heapBytes / 1024 ** 2,
        bufferMb: bufferBytes / 1024 ** 2,
        handles,
        sockets,
        connections: 0,
        coreWaitMs: 0,
      })
    }
    return samples
  }

  const verdicts = (samples: readonly Sample[]) =>
    Object.fromEntries(judgeSamples(samples).map(({ what, seen }) => [what, seen.split(':')[0]]))

  test('finds what a process leaks: a megabyte a minute of objects', async () => {
    const leak = '(globalThis.kept ??= []).push(Array.from({ length: 21_845 }, (_, index) => index + 0.5))'
    expect(verdicts(await soak(leak))).toMatchObject({
      'heap after garbage collection': 'growing',
      'buffers after garbage collection': 'flat',
    })
  })

  test('finds what a process leaks: buffers and handles', async () => {
    const leak = '(globalThis.kept ??= []).push(Buffer.alloc(174_763, 1), setInterval(() => {}, 1e6))'
    expect(verdicts(await soak(leak))).toMatchObject({
      'buffers after garbage collection': 'growing',
      handles: 'growing',
    })
  })

  test('calls flat what makes as much garbage and keeps none of it', async () => {
    const garbage = 'Array.from({ length: 21_845 }, (_, index) => index + 0.5); Buffer.alloc(174_763, 1)'
    const found = judgeSamples(await soak(garbage)).filter(({ promised }) => promised !== '')
    expect(found.map(({ met }) => met)).toEqual(found.map(() => true))
  })

  test('counts timers that keep nothing alive', async () => {
    const { server, step } = await start('for (let n = 0; n < 5; n++) setTimeout(() => {}, 1e6).unref()')
    const before = await readHoldings(server, 'complete')
    await step()
    const after = await readHoldings(server, 'complete')
    expect(after.timers! - before.timers!).toBe(5)
    expect(judgeRest(before, after).filter(({ met }) => !met)).toMatchObject([
      { what: 'timers at rest, before and after' },
    ])
  })

  test('is not called flat where nobody counted', () => {
    const holdings: Holdings = { heapBytes: 1, bufferBytes: 1, sockets: 1, handles: 1 }
    expect(judgeRest(holdings, holdings).map(({ met }) => met)).toEqual([true, false, true, true])
  })

  test('needs nine samples', () => {
    expect(() => judgeSamples([])).toThrow('too short')
  })
})
