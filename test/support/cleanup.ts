import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach } from '@jest/globals'

type Cleanup = () => unknown

const ofTest: Cleanup[] = []
const ofFile: Cleanup[] = []

/** Runs when the test has ended, whether it passed or not; the last one first. */
export function afterTest(cleanup: Cleanup): void {
  ofTest.push(cleanup)
}

/** Runs when the tests of the file have ended, whether they passed or not; the last one first. */
export function afterFile(cleanup: Cleanup): void {
  ofFile.push(cleanup)
}

/** Closes something when the test that opened it has ended. */
export async function opened<Thing extends { close(): unknown }>(thing: Thing | Promise<Thing>): Promise<Thing> {
  const it = await thing
  afterTest(() => it.close())
  return it
}

/** Closes something when the tests of the file have ended. */
export async function openedForAll<Thing extends { close(): unknown }>(thing: Thing | Promise<Thing>): Promise<Thing> {
  const it = await thing
  afterFile(() => it.close())
  return it
}

/** An empty directory that is gone after the test. */
export function createDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'tessera-test-'))
  afterTest(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

afterEach(() => runAll(ofTest))
afterAll(() => runAll(ofFile))

/** How long the others wait for one, and all in the end for those that are late. */
const patienceMs = 2000
const lastPatienceMs = 20_000

/**
 * All of them, whatever one of them throws, and however long it takes: one may wait for what only the next one ends,
 * as a call of a test that failed waits for its backend. What is left open keeps a run from ending.
 */
async function runAll(cleanups: Cleanup[]): Promise<void> {
  const errors: unknown[] = []
  const late: Promise<unknown>[] = []
  for (const cleanup of cleanups.splice(0).reverse()) {
    const done = new Promise((resolve) => resolve(cleanup())).catch((error) => errors.push(error))
    if (!(await endsWithin(patienceMs, done))) late.push(done)
  }
  if (!(await endsWithin(lastPatienceMs, Promise.all(late))))
    errors.push(new Error('what the test opened does not close'))
  if (errors.length > 0) throw errors[0]
}

async function endsWithin(ms: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const isLate = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, ms, false)
  })
  const isInTime = await Promise.race([work.then(() => true), isLate])
  clearTimeout(timer)
  return isInTime
}
