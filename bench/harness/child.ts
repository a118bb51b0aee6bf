import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

export interface Child {
  readonly pid: number
  /** What it has said on standard error. */
  readonly complaints: () => string
  readonly hasEnded: () => boolean
  /** Asks it to end, and makes it after ten seconds: a profile takes its time to be written. */
  stop(): Promise<void>
}

const graceMs = 10_000
const running = new Set<ChildProcess>()

process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

/** Starts a program that stays until it is stopped. Its standard output goes to /dev/null. */
export function startChild(program: string, args: readonly string[], env: Record<string, string> = {}): Child {
  const child = spawn(program, args, { env: { ...minimalEnvironment(), ...env }, stdio: ['ignore', 'ignore', 'pipe'] })
  running.add(child)
  let complaints = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-4_000)
  })
  child.on('error', (error) => {
    complaints += error.message
  })
  const ended = once(child, 'close').catch(() => {})
  void ended.then(() => running.delete(child))
  return {
    pid: child.pid ?? -1,
    complaints: () => complaints,
    hasEnded: () => !running.has(child),
    async stop() {
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs)
      await ended
      clearTimeout(timer)
    },
  }
}

/** Nothing of the caller's that could change what is measured: no NODE_OPTIONS, no OTEL_*. */
function minimalEnvironment(): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/', NODE_ENV: 'production' }
}
