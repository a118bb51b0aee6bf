import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** The server under test has one core to itself; backends, load generator and this harness share the other. */
export const serverCore = 0
export const otherCore = 1

/** Linux counts in 1/100 s for user space, whatever the kernel's own clock (proc(5), USER_HZ). */
const tickUs = 10_000

/**
 * Microseconds that a process and those it has begotten have used, user and system, all threads: what was done for the
 * page and what garbage collection did.
 */
export function readProcessCpuUs(pid: number): number {
  return findFamily(pid).reduce((sum, member) => sum + readCpuUs(member), 0)
}

/** Microseconds that this process has used, and the children of it that have ended. */
export function readOwnCpuUs(): number {
  return readCpuUs(process.pid)
}

/** Fields 14 to 17 of proc(5)'s stat: itself and the children it has seen end. */
function readCpuUs(pid: number): number {
  const ticks = readStat(pid).slice(11, 15).map(Number)
  return ticks.reduce((sum, part) => sum + part, 0) * tickUs
}

/** A process, its children and theirs, as far as they live. */
export function findFamily(pid: number): number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => [Number(name), readParent(Number(name))] as const)
  const family = [pid]
  for (const member of family) {
    for (const [child, parent] of parents) if (parent === member) family.push(child)
  }
  return family
}

function readParent(pid: number): number | undefined {
  try {
    return Number(readStat(pid)[1])
  } catch {
    return undefined // It ended while we were looking.
  }
}

/** From the third field on: the second is the command in parentheses, which may hold spaces. */
function readStat(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

/** Microseconds that a core was busy, whoever used it; steal and waiting are not counted. */
export function readCoreBusyUs(core: number): number {
  const line = readFileSync('/proc/stat', 'utf8').match(new RegExp(`^cpu${core} (.*)$`, 'm'))?.[1]
  if (line === undefined) throw new Error(`this machine has no core ${core}`)
  const [user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0] = line.split(' ').map(Number)
  return (user + nice + system + irq + softIrq) * tickUs
}

/**
 * Milliseconds that a process was ready to run, its first thread, and did not: others had its core. Undefined where the
 * kernel does not count it (proc(5), schedstat).
 */
export function readCoreWaitMs(pid: number): number | undefined {
  try {
    const nanoseconds = readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[1]
    return Number(nanoseconds) / 1e6
  } catch {
    return undefined
  }
}

/** Memory of a process and those it has begotten; what they share is counted for each. */
export function readResidentBytes(pid: number): number {
  return findFamily(pid).reduce((sum, member) => {
    const kilobytes = readFileSync(`/proc/${member}/status`, 'utf8').match(/^VmRSS:\s+(\d+) kB$/m)?.[1]
    return sum + Number(kilobytes) * 1024
  }, 0)
}

/** Moves this process, and with it every child that is not pinned otherwise, off the server's core. */
export function leaveServerCore(): void {
  execFileSync('taskset', ['-apc', String(otherCore), String(process.pid)], { stdio: 'ignore' })
}
