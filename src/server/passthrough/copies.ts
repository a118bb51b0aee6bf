import type { Writable } from 'node:stream'

/** What a connection to a backend reads at once. */
const blockBytes = 64 * 1024
/** Smaller pieces would hold a block of which they fill little. */
const leastBytes = 16 * 1024
const mostFree = 32

const free: Buffer[] = []

/**
 * Writes a copy of what is lent. V8 counts memory for buffers as it is made, and marks all of the heap for every few
 * megabytes of it: blocks are used again, once all that is in them has gone out. False: nothing more for now.
 */
export function writeCopy(sink: Writable, lent: Buffer): boolean {
  if (lent.length < leastBytes || lent.length > blockBytes) return sink.write(Buffer.from(lent))
  const block = free.pop() ?? Buffer.allocUnsafeSlow(blockBytes)
  lent.copy(block)
  return sink.write(block.subarray(0, lent.length), (error) => {
    // After a failure nobody knows who still looks into it.
    if (!error && free.length < mostFree) free.push(block)
  })
}
