import { readFileSync } from 'node:fs'

const graceMs = 1000

const lookEveryMs = 500
const starters = findStarters()

/**
 * Resolves at the first Ctrl-C or SIGTERM; a second one ends the process at once.
 * @param endsWithStarter whether it resolves, too, when who started it is gone: npm that is killed tells nobody
 */
export function waitForStop({ endsWithStarter = false } = {}): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let stopping = false
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (stopping) process.exit(1)
        stopping = true
        resolve(signal)
      })
    }
    if (!endsWithStarter) return
    const look = () => findStarters() === starters || resolve('SIGTERM')
    setInterval(look, lookEveryMs).unref()
  })
}

/** The processes that started this one, by their ids: between npm and us is a shell, which on Linux outlives npm. */
function findStarters(): string {
  const { ppid, platform } = process
  if (platform !== 'linux') return String(ppid)
  try {
    return `${ppid} ${/^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${ppid}/status`, 'utf8'))?.[1]}`
  } catch {
    return String(ppid)
  }
}

/** When all is closed: ends the process after a second if something still keeps it alive. */
export function leaveSoon(): void {
  setTimeout(() => process.exit(), graceMs).unref()
}
