import { afterAll } from '@jest/globals'

const closers: (() => unknown)[] = []

/** Runs when the file's tests have ended, the last one first. */
export function whenDone(close: () => unknown): void {
  closers.push(close)
}

afterAll(async () => {
  for (const close of closers.splice(0).reverse()) await close()
}, 30_000)
