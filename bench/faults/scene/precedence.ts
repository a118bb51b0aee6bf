import { readFileSync, writeFileSync } from 'node:fs'
import { setPriority } from 'node:os'

const first = -19
const groupFile = '/proc/self/autogroup'

/**
 * Goes before others on the machine, with all that is started from here on; false where one may not: only root may.
 * Linux weighs sessions first where it groups by them (sched(7), autogroup), so the session goes first too, until we
 * end.
 */
export function takePrecedence(): boolean {
  try {
    setPriority(process.pid, first)
    const before = readAutogroup()
    if (before === undefined) return true
    writeFileSync(groupFile, String(first))
    process.on('exit', () => writeFileSync(groupFile, before))
    return true
  } catch {
    return false
  }
}

/** Undefined where sessions are not grouped. */
function readAutogroup(): string | undefined {
  try {
    return / nice (-?\d+)/.exec(readFileSync(groupFile, 'utf8'))?.[1]
  } catch {
    return undefined
  }
}
