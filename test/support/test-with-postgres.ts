import { rmSync } from 'node:fs'
import { test } from '@jest/globals'
import { layoutOf, prepareDirectory } from '../../src/durable/store/directory.ts'
import { DurableStoreError } from '../../src/durable/store/store.ts'
import { makeStoreDirectory } from './postgres.ts'

/** Why no PostgreSQL can be started on this machine; undefined where one can. */
async function whyNone(): Promise<string | undefined> {
  const root = makeStoreDirectory()
  try {
    await prepareDirectory(layoutOf(root))
    return undefined
  } catch (thrown) {
    if (thrown instanceof DurableStoreError) return thrown.message
    throw thrown
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

export const whyNoPostgres = await whyNone()
// Jest shows no console of a file of which nothing runs.
if (whyNoPostgres !== undefined) process.stderr.write(`skipped: tests that need a PostgreSQL (${whyNoPostgres})\n`)

/** A test that needs a PostgreSQL of this machine, and says that it is skipped where there is none. */
export const testWithPostgres = whyNoPostgres === undefined ? test : test.skip
