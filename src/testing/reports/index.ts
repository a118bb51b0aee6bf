import type pc from 'picocolors'
import type { TestRun } from '../run.ts'
import { printJson } from './json.ts'
import { printJunit } from './junit.ts'
import { printPretty } from './pretty.ts'

type Reporter = (run: TestRun, paint: ReturnType<typeof pc.createColors>) => string

export type TestFormat = 'pretty' | 'junit' | 'json'

/** A new format is a file beside these and a line here. */
export const testReports: Readonly<Record<TestFormat, Reporter>> = {
  pretty: printPretty,
  junit: printJunit,
  json: printJson,
}
