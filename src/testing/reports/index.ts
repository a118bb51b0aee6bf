import type pc from 'picocolors'
import type { TestRun } from '../run.ts'
import { printJson } from './json.ts'
import { printJunit } from './junit.ts'
import { printPretty } from './pretty.ts'

type Reporter = (run: TestRun, paint: ReturnType<typeof pc.createColors>) => string

/** A new format is a file beside these and a line here. */
export const testReports = { pretty: printPretty, junit: printJunit, json: printJson } satisfies Record<
  string,
  Reporter
>

export type TestFormat = keyof typeof testReports
