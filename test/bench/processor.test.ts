import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { findFamily, readProcessCpuUs, readResidentBytes } from '../../bench/harness/processor.ts'

const onLinux = existsSync('/proc/self/stat') ? describe : describe.skip

const busy =
  'const until = Date.now() + 300; while (Date.now() < until); console.log("busy"); setInterval(() => {}, 1000)'
const parent = `require('child_process').spawn(process.execPath, ['--eval', process.argv[1]], { stdio: 'inherit' })`

onLinux('what a server uses', () => {
  test('is counted for its processes together', async () => {
    const child = spawn(process.execPath, ['--eval', parent, busy], { stdio: ['ignore', 'pipe', 'inherit'] })
    try {
      await once(child.stdout, 'data')
      const family = findFamily(child.pid!)
      expect(family).toHaveLength(2)
      const [first, second] = family as [number, number]
      expect(first).toBe(child.pid)
      expect(readProcessCpuUs(second)).toBeGreaterThan(100_000)
      expect(readProcessCpuUs(first)).toBeGreaterThan(readProcessCpuUs(second))
      expect(readResidentBytes(first)).toBeGreaterThan(readResidentBytes(second))
      process.kill(second)
    } finally {
      child.kill()
    }
  })
})
