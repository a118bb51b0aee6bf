/**
 * Waits until something holds, for what sockets, threads and other processes do.
 * @returns what was found: the first that is neither `undefined` nor `false`
 * @throws Error after `timeoutMs`
 */
export async function until<T>(
  look: () => T | Promise<T>,
  what: string = String(look),
  timeoutMs = 10_000,
): Promise<Exclude<T, undefined | false>> {
  const end = performance.now() + timeoutMs
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== false) return found as Exclude<T, undefined | false>
    if (performance.now() > end) throw new Error(`it did not come to be in ${timeoutMs} ms: ${what}`)
    await pause(5)
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
