import { readFileSync, writeFileSync } from 'node:fs'
import type { Gateway } from './gateway.ts'
import { holdsWithin } from './pause.ts'

const report = `
const { monitorEventLoopDelay } = await import('node:perf_hooks')
const delay = monitorEventLoopDelay({ resolution: 5 })
delay.enable()
let asked = 0
process.on('SIGUSR2', () => {
  console.error('LAG ' + JSON.stringify({ asked: ++asked, maxMs: delay.max / 1e6 }))
  delay.reset()
})
process.on('SIGWINCH', () => gc({ type: 'major', flavor: 'last-resort' }))`

/** Node's arguments for a gateway that can be asked how long its event loop stood still, and what it cannot do without. */
export const lagArgs = ['--expose-gc', '--import', `data:text/javascript,${encodeURIComponent(report)}`]

/** The longest delay of the event loop since it was last asked, of a gateway that was started with `lagArgs`. */
export async function readLagMs({ pid, complaints }: Gateway): Promise<number> {
  const read = (): { asked: number; maxMs: number } | undefined => {
    const line = complaints()
      .match(/^LAG .*\n/gm)
      ?.at(-1)
    return line && JSON.parse(line.slice('LAG '.length))
  }
  const before = read()?.asked ?? 0
  process.kill(pid, 'SIGUSR2')
  if (!(await holdsWithin(() => (read()?.asked ?? 0) > before, 5_000)))
    throw new Error('the gateway does not say its lag')
  return read()!.maxMs
}

/** Has a gateway that was started with `lagArgs` give up what it does not need: what is at rest then is the least it has. */
export async function collectGarbage(gateway: Gateway): Promise<void> {
  process.kill(gateway.pid, 'SIGWINCH')
  await readLagMs(gateway)
}

/** The kernel's peak of resident memory begins anew from what it is now (proc(5), clear_refs). */
export function resetPeak({ pid }: Gateway): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5')
}

/** Resident memory at its most since `resetPeak`, and now. */
export function readMemoryMb({ pid }: Gateway): { peakMb: number; nowMb: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const read = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)![1]) / 1024
  return { peakMb: read('VmHWM'), nowMb: read('VmRSS') }
}
