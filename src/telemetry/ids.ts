import { randomFillSync } from 'node:crypto'

const poolBytes = 8192
const pool = Buffer.allocUnsafeSlow(poolBytes)
let used = poolBytes

/** Takes random bytes from a pool that is filled once in a few hundred ids: a system call each would cost ten times more. */
function takeHex(bytes: number): string {
  if (used + bytes > poolBytes) {
    randomFillSync(pool)
    used = 0
  }
  const from = used
  used += bytes
  return pool.toString('hex', from, used)
}

/** 32 lower-case hex digits. */
export function newTraceId(): string {
  return takeHex(16)
}

/** 16 lower-case hex digits. */
export function newSpanId(): string {
  return takeHex(8)
}
