export { setTimeout as pause } from 'node:timers/promises'

/** Looks every 10 ms until something holds; false when it did not within `timeoutMs`. */
export async function holdsWithin(look: () => boolean | Promise<boolean>, timeoutMs: number): Promise<boolean> {
  const end = performance.now() + timeoutMs
  while (!(await look())) {
    if (performance.now() > end) return false
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  return true
}
