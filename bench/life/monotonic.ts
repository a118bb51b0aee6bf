/** Milliseconds with fractions, on one scale for all threads of this process (`performance.now()` has one each). */
export function readMonotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}
