import { Argument, Option } from 'commander'
import type { Recording } from '../history/recording.ts'
import type { AggregatedRoute, Snapshot } from '../plan/snapshot.ts'
import type { Hidden, RecordedTest } from '../testing/recorded-test.ts'
import { allowedVariables, type CliCommand, type ConfigOptions, configOptions, type ExitCode } from './command.ts'
import { loadSnapshot } from './load-snapshot.ts'
import { adminOption, readRun } from './recorded-run.ts'
import type { Terminal } from './terminal.ts'

interface RecordOptions extends ConfigOptions {
  readonly admin: string
}

export const record: CliCommand<RecordOptions> = {
  name: 'record',
  summary:
    'Make a test of a route from a recorded request: what was asked, what each backend answered, what came of it.',
  examples: [
    ['tessera record 019fb1c0a1f20000c1d2e3f405060708 > routes/home.test.yaml', 'of a gateway that runs here'],
    ['tessera record run.json', 'of a file: what `/-/history/{id}` answered'],
  ],
  notes:
    'What is masked in the recording is masked in the test, and told in its comments. The test is run before it is printed: one that does not pass is not printed.',
  operands: [new Argument('<run>', 'the id of a recording, or a file of it')],
  options: [...configOptions(), new Option('--admin <url>', adminOption.meaning).default(adminOption.usual)],
  run: runRecord,
}

async function runRecord(
  options: RecordOptions,
  terminal: Terminal,
  [named = '']: readonly string[],
): Promise<ExitCode> {
  const snapshot = await loadSnapshot(options, terminal)
  if (!snapshot) return 1
  const run = await readRun(named, options.admin)
  const route = snapshot.routes.find(({ name }) => name === run.route)
  if (route?.kind !== 'aggregate') {
    const why =
      run.route === undefined ? 'no route took it' : `\`${run.route}\` is no aggregated route of this configuration`
    terminal.complain(`it cannot be a test: ${why}`)
    return 1
  }
  const { testOf } = await import('../testing/recorded-test.ts')
  const { test, hidden } = testOf(run, route)
  const text = await print(run, test, hidden)
  const problems = await problemsOf(text, route, snapshot, allowedVariables(options.env))
  if (problems.length === 0) {
    terminal.print(text.trimEnd())
    return 0
  }
  terminal.complain(`a test of it would not pass: ${problems.join('; ')}`)
  if (hidden.length > 0) terminal.complain(`it is made of masked values: ${hidden.join(', ')}`)
  return 1
}

async function print({ id }: Recording, test: RecordedTest, hidden: Hidden): Promise<string> {
  const { printYaml } = await import('../yaml/print.ts')
  const masked = hidden.length === 0 ? [] : ['Masked, as it was recorded:', ...hidden.map((path) => `  ${path}`)]
  return printYaml({ tests: [test] }, { header: [`Made of the recording ${id}.`, ...masked] })
}

/** What fails when it is run, as `tessera test` would. */
async function problemsOf(
  text: string,
  { file }: AggregatedRoute,
  snapshot: Snapshot,
  env: NodeJS.ProcessEnv,
): Promise<string[]> {
  const [{ DiagnosticCollector }, { readSuites, runSuites }, { createFront }] = await Promise.all([
    import('../diagnostics/collector.ts'),
    import('../testing/run.ts'),
    import('./test-front.ts'),
  ])
  const found = new DiagnosticCollector()
  const path = file.replace(/\.ya?ml$/, '.test.yaml')
  const suites = readSuites([{ path, text }], snapshot, env, found)
  if (found.hasErrors) return found.sorted().map(({ message }) => message)
  const { suites: done } = await runSuites(suites, { snapshot, front: createFront(snapshot), covered: undefined })
  return done.flatMap(({ results }) =>
    results.flatMap(({ problems }) =>
      problems.map(({ message, differences }) => [message, ...differences.map(({ where }) => where)].join(' ')),
    ),
  )
}
