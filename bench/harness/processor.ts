import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** The server under test has one core to itself; backends, load generator and this harness share the other. */
export const serverCore = 0
export const otherCore = 1

/** Linux counts in 1/100 s for user space, whatever the kernel's own clock (proc(5), USER_HZ). */
const tickUs = 10_000

/** Microseconds that a process has used, user and system, all threads: what it did for the page and what GC did. */
export function readProcessCpuUs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The second field is the command in parentheses, which may hold spaces; utime and stime are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * tickUs
}

/** Microseconds that a core was busy, whoever used it; steal and waiting are not counted. */
export function readCoreBusyUs(core: number): number {
  const line = readFileSync('/proc/stat', 'utf8').match(new RegExp(`^cpu${core} (.*)$`, 'm'))?.[1]
  if (line === undefined) throw new Error(`this machine has no core ${core}`)
  const [user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0] = line.split(' ').map(Number)
  return (user + nice + system + irq + softIrq) * tickUs
}

export function readResidentBytes(pid: number): number {
  const kilobytes = readFileSync(`/proc/${pid}/status`, 'utf8').match(/^VmRSS:\s+(\d+) kB$/m)?.[1]
  return Number(kilobytes) * 1024
}

/** Moves this process, and with it every child that is not pinned otherwise, off the server's core. */
export function leaveServerCore(): void {
  execFileSync('taskset', ['-apc', String(otherCore), String(process.pid)], { stdio: 'ignore' })
}
