import type { DiagnosticCollector } from '../diagnostics/collector.ts'
import type { Environment } from '../environment.ts'
import type { Snapshot } from '../plan/snapshot.ts'
import type { SourceText } from '../yaml/source.ts'
import { CoverageObserver, type RouteCoverage } from './coverage.ts'
import type { Front } from './front.ts'
import { runTest, type TestResult } from './run-test.ts'
import { readSuite, type TestSuite } from './suite.ts'

/** What the tests of one route came to. */
export interface SuiteResult {
  readonly suite: TestSuite
  readonly results: readonly TestResult[]
}

export interface TestRun {
  readonly suites: readonly SuiteResult[]
  /** Of every aggregated route that was asked for, tests or not; undefined unless it was measured. */
  readonly coverage: readonly RouteCoverage[] | undefined
}

export interface RunOptions {
  readonly snapshot: Snapshot
  readonly front: Front
  /** Routes whose coverage is measured, by name. */
  readonly covered?: ReadonlySet<string> | undefined
}

/** Reads test files; every fault is reported. */
export function readSuites(
  files: readonly SourceText[],
  snapshot: Snapshot,
  env: Environment,
  diagnostics: DiagnosticCollector,
): TestSuite[] {
  return files.flatMap((file) => readSuite(file, snapshot, env, diagnostics) ?? [])
}

/** Runs suites one after the other, each test on backends and a clock of its own. */
export async function runSuites(
  suites: readonly TestSuite[],
  { snapshot, front, covered }: RunOptions,
): Promise<TestRun> {
  const observers = snapshot.routes.flatMap((route) =>
    route.kind === 'aggregate' && covered?.has(route.name) ? [{ route, observer: new CoverageObserver(route) }] : [],
  )
  const done: SuiteResult[] = []
  for (const suite of suites) {
    const { route } = suite
    const observer = observers.find((one) => one.route === route)?.observer
    const results: TestResult[] = []
    for (const test of suite.tests) results.push(await runTest(test, { snapshot, front, route, observer }))
    done.push({ suite, results })
  }
  return { suites: done, coverage: covered && observers.map(({ observer }) => observer.report()) }
}
