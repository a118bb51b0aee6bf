import { createFront } from '../../src/cli/test-front.ts'
import { DiagnosticCollector } from '../../src/diagnostics/collector.ts'
import type { Snapshot } from '../../src/plan/snapshot.ts'
import type { Difference } from '../../src/testing/difference.ts'
import { readSuites, runSuites, type TestRun } from '../../src/testing/run.ts'
import { describeDiagnostic, loadProject, type ProjectFiles, world } from './project.ts'

/** What is called in these tests: one call that may fail in every way, and one beside it. */
export const services: ProjectFiles = {
  ...world,
  'services/reco': `
service: reco
endpoints: [http://127.0.0.1:9/v1]
timeout: 200ms
operations:
  recommend:
    get: /recommend/{geo.city}?size=3
    in: { user.segment?: query.seg, product.ids?: query.ids }
    out: { product.list: $.items }
`,
}

/** A project whose one route is the given one, at `GET /home`. */
export function load(route: string, files: ProjectFiles = services): Snapshot {
  return loadProject({ ...files, 'routes/home': `match: GET /home\n${route}` })
}

/** Reads a test file beside the route; its faults as text. */
export function read(text: string, snapshot: Snapshot, path = 'routes/home.test.yaml') {
  const diagnostics = new DiagnosticCollector()
  const suites = readSuites([{ path, text }], snapshot, {}, diagnostics)
  return { suites, faults: diagnostics.sorted().map(describeDiagnostic) }
}

/** Runs the tests of a route; the file must be right. */
export async function run(
  text: string,
  snapshot: Snapshot,
  options: { coverage?: boolean; route?: string } = {},
): Promise<TestRun> {
  const { suites, faults } = read(text, snapshot, `${options.route ?? 'routes/home'}.test.yaml`)
  if (faults.length > 0) throw new Error(faults.join('\n'))
  const covered = options.coverage ? new Set(snapshot.routes.map(({ name }) => name)) : undefined
  return runSuites(suites, { snapshot, front: createFront(snapshot), covered })
}

/** Runs one test, given its members in braces or lines; every problem as `line: message`, its differences behind it. */
export async function problemsOf(test: string, snapshot: Snapshot, route?: string): Promise<string[]> {
  const lines = test.trim().startsWith('{') ? test.trim() : `{ name: it, ${test.trim()} }`
  const { suites } = await run(`tests:\n  - ${lines}\n`, snapshot, { ...(route && { route }) })
  return suites[0]!.results[0]!.problems.map(({ at, message, differences }) =>
    [`${at.line}: ${message}`, ...differences.map(printDifference)].join('; '),
  )
}

function printDifference({ where, expected, actual }: Difference): string {
  const show = (value: unknown) => (value === undefined ? 'nothing' : JSON.stringify(value))
  return `${where} ${show(expected)} → ${show(actual)}`
}
