import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { findFamily, readCoreWaitMs, readProcessCpuUs, readResidentBytes } from '../../bench/harness/processor.ts'

const onLinux = existsSync('/proc/self/stat') ? describe : describe.skip

/** Uses 200 ms of CPU time, however long that takes, and stays. */
const busy = 'while (process.cpuUsage().user < 200_000); console.log("busy"); setInterval(() => {}, 1000)'
const parent = `require('child_process').spawn(process.execPath, ['--eval', process.argv[1]], { stdio: 'inherit' })`

onLinux('what a server uses', () => {
  test('is counted for its processes together', async () => {
    const server = spawn(process.execPath, ['--eval', parent, busy], { stdio: ['ignore', 'pipe', 'ignore'] })
    try {
      await once(server.stdout, 'data')
      const family = findFamily(server.pid!)
      expect(family).toEqual([server.pid, expect.any(Number)])
      const child = family[1]!
      expect(readProcessCpuUs(child)).toBeGreaterThanOrEqual(190_000)
      expect(readProcessCpuUs(server.pid!)).toBeGreaterThan(readProcessCpuUs(child))
      expect(readResidentBytes(server.pid!)).toBeGreaterThan(readResidentBytes(child))
    } finally {
      for (const member of findFamily(server.pid!)) process.kill(member)
    }
  })

  test('is told with how long it waited for a core, which only grows and is not known of none', () => {
    const before = readCoreWaitMs(process.pid) ?? 0
    expect(before).toBeGreaterThanOrEqual(0)
    for (const until = performance.now() + 20; performance.now() < until; );
    expect(readCoreWaitMs(process.pid) ?? 0).toBeGreaterThanOrEqual(before)
    expect(readCoreWaitMs(0)).toBeUndefined()
  })
})
