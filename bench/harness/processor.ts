import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** The server under test has one core to itself; backends, load generator and this harness share the other. */
export const serverCore = 0
export const otherCore = 1

/** Linux counts in 1/100 s for user space, whatever the kernel's own clock (proc(5), USER_HZ). */
const tickUs = 10_000

/** Microseconds that a process has used, user and system, all threads: what it did for the page and what GC did. */
export function readProcessCpuUs(pid: number): number {
  const [utime, stime] = readCpuTicks(pid)
  return (utime + stime) * tickUs
}

/** Microseconds that this process has used, and the children of it that have ended. */
export function readOwnCpuUs(): number {
  return readCpuTicks(process.pid).reduce((sum, ticks) => sum + ticks) * tickUs
}

/** Fields 14 to 17 of proc(5)'s stat. The second one is the command in parentheses, which may hold spaces. */
function readCpuTicks(pid: number): [utime: number, stime: number, cutime: number, cstime: number] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields.slice(11, 15).map(Number) as [number, number, number, number]
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
