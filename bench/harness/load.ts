import { execFile, execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { findProgram } from './requirements.ts'

/** Sends requests over so many connections, each as soon as the one before it is answered. */
export interface LoadTool {
  readonly kind: string
  send(target: Target, connections: number, seconds: number): Promise<LoadResult>
}

export interface Target {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

export interface LoadResult {
  readonly requests: number
  readonly seconds: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Broken connections, timeouts, and answers other than 2xx and 3xx. */
  readonly failures: number
}

const run = promisify(execFile)
const report = fileURLToPath(new URL('report.lua', import.meta.url))
const autocannonScript = fileURLToPath(import.meta.resolve('autocannon'))

export function chooseLoadTool(): LoadTool {
  const wrk = findProgram('wrk')
  return wrk ? openWrk(wrk) : autocannon
}

function openWrk(wrk: string): LoadTool {
  return {
    kind: readWrkVersion(wrk),
    async send({ url, headers }, connections, seconds) {
      const named = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`])
      const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '-s', report, ...named, url]
      const { stdout } = await run(wrk, args)
      return JSON.parse(stdout.trimEnd().split('\n').at(-1)!)
    },
  }
}

const autocannon: LoadTool = {
  kind: 'autocannon (wrk is not installed)',
  async send({ url, headers }, connections, seconds) {
    const named = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}=${value}`])
    const args = [autocannonScript, '-j', '-n', '-c', String(connections), '-d', String(seconds), ...named, url]
    const { stdout } = await run(process.execPath, args)
    const { requests, duration, latency, errors, timeouts, non2xx } = JSON.parse(stdout)
    const failures = errors + timeouts + non2xx
    return { requests: requests.total, seconds: duration, p50Ms: latency.p50, p99Ms: latency.p99, failures }
  },
}

/** `wrk 4.1.0 [epoll] Copyright …`; it ends with 1 after saying so. */
function readWrkVersion(wrk: string): string {
  const text = execFileSync('/bin/sh', ['-c', '"$0" -v 2>&1 || true', wrk], { encoding: 'utf8' })
  return /^wrk \S*/.exec(text)?.[0].replace('debian/', '') ?? 'wrk'
}
