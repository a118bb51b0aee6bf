/**
 * How long anything is waited for that is sure to come: longer than any machine takes, since it is no promise of ours
 * but says that something hangs. Shorter than the time a test has, so that it is told what was waited for.
 */
export const patienceMs = 60_000

/**
 * Waits until something holds, for what sockets, threads and other processes do.
 * @returns what was found: the first that is neither `undefined` nor `false`
 * @throws Error when it does not come to be
 */
export async function until<T>(
  look: () => T | Promise<T>,
  what: string | (() => string) = String(look),
): Promise<Exclude<T, undefined | false>> {
  const end = performance.now() + patienceMs
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== false) return found as Exclude<T, undefined | false>
    if (performance.now() > end) throw new Error(`did not come to be: ${typeof what === 'string' ? what : what()}`)
    await pause(5)
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
