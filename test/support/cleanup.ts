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

/** All of them, whatever one of them throws. */
async function runAll(cleanups: Cleanup[]): Promise<void> {
  const errors: unknown[] = []
  for (const cleanup of cleanups.splice(0).reverse()) {
    try {
      await cleanup()
    } catch (error) {
      errors.push(error)
    }
  }
  if (errors.length > 0) throw errors[0]
}
