import { writeFile } from 'node:fs/promises'
import { basename, resolve, sep } from 'node:path'
import { type ConfigLocations, type ReadOptions, readConfig } from '../config/read.ts'
import { DiagnosticCollector } from '../diagnostics/collector.ts'
import { buildSnapshot } from '../plan/build.ts'
import type { Route, Snapshot } from '../plan/snapshot.ts'
import { readTestFiles, type TestFile } from '../testing/read-tests.ts'
import { readSuites, runSuites, type TestRun } from '../testing/run.ts'
import { writeSnapshots } from '../testing/update.ts'
import { textsByPath } from './changed-files.ts'
import type { Findings } from './reports/report.ts'
import { createFront } from './test-front.ts'

export interface TestOptions extends ReadOptions {
  /** Routes by name or file name, files of routes or tests, directories; none: everything. */
  readonly only: readonly string[]
  readonly coverage: boolean
}

export interface TestedProject {
  /** What is wrong with the configuration or the test files. */
  readonly findings: Findings
  /** Undefined when the findings have errors. */
  readonly run: TestRun | undefined
  /** Of `only`, what is no route, file or directory. */
  readonly unknown: readonly string[]
  readonly snapshot: Snapshot | undefined
  readonly files: readonly TestFile[]
  readonly locations: ConfigLocations
}

/** Reads a project's configuration and its tests, and runs them. */
export async function testProject(options: TestOptions): Promise<TestedProject> {
  const { texts, locations } = await readConfig(options)
  const { snapshot, diagnostics } = buildSnapshot(texts)
  const files = snapshot ? await readTestFiles(locations.routes, options.base) : []
  const named = new Map([...textsByPath(texts), ...files.map(({ path, text }) => [path, text] as const)])
  const textOf = (file: string) => named.get(file)
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  const common = { snapshot, files, locations, unknown: [] }
  if (!snapshot) return { ...common, findings: { diagnostics: errors, textOf }, run: undefined }

  const found = new DiagnosticCollector()
  const selection = select(options, snapshot.routes, files)
  const suites = readSuites(selection.files, snapshot, options.env, found)
  const findings = { diagnostics: found.sorted(), textOf }
  const covered = options.coverage ? new Set(selection.routes.map(({ name }) => name)) : undefined
  const isRunnable = !found.hasErrors && selection.unknown.length === 0
  const run = isRunnable ? await runSuites(suites, { snapshot, front: createFront(snapshot), covered }) : undefined
  return { ...common, findings, run, unknown: selection.unknown }
}

/** Writes what was answered into the test files; gives the names of those that changed. */
export async function updateSnapshots({ suites }: TestRun, files: readonly TestFile[]): Promise<string[]> {
  const changed: string[] = []
  for (const { suite, results } of suites) {
    const { path, text } = suite.source
    const next = writeSnapshots(suite, results)
    if (next === text) continue
    await writeFile(files.find((file) => file.path === path)!.location, next)
    changed.push(path)
  }
  return changed
}

/** The routes and test files that the names stand for. */
function select({ only, base = process.cwd() }: TestOptions, routes: readonly Route[], files: readonly TestFile[]) {
  if (only.length === 0) return { routes, files, unknown: [] }
  const isMeant = (name: string, file: string, routeName?: string) => {
    const wanted = resolve(base, name)
    const path = resolve(base, file)
    return name === routeName || name === basename(stemOf(file)) || path === wanted || path.startsWith(wanted + sep)
  }
  const routeOf = (file: TestFile) => routes.find((route) => stemOf(route.file) === stemOf(file.path))
  const routeFits = (name: string, route: Route) =>
    isMeant(name, route.file, route.name) || files.some((file) => routeOf(file) === route && isMeant(name, file.path))
  const fileFits = (name: string, file: TestFile) => {
    const route = routeOf(file)
    return isMeant(name, file.path) || (route !== undefined && routeFits(name, route))
  }
  return {
    routes: routes.filter((route) => only.some((name) => routeFits(name, route))),
    files: files.filter((file) => only.some((name) => fileFits(name, file))),
    unknown: only.filter(
      (name) => !routes.some((route) => routeFits(name, route)) && !files.some((file) => fileFits(name, file)),
    ),
  }
}

/** `routes/home` of `routes/home.yaml` and `routes/home.test.yaml`. */
function stemOf(file: string): string {
  return file.replace(/(\.test)?\.ya?ml$/, '')
}
