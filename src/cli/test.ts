import { Argument, Option } from 'commander'
import type { TestFormat } from '../testing/reports/index.ts'
import { type CliCommand, type ConfigOptions, configOptions, type ExitCode, readingOf } from './command.ts'
import { describeFailure } from './failure.ts'
import { waitForStop } from './lifecycle.ts'
import { printAll } from './reports/pretty.ts'
import type { Terminal } from './terminal.ts'

interface TestCommandOptions extends ConfigOptions {
  readonly coverage?: boolean
  readonly format: TestFormat
  readonly update?: boolean
  readonly watch?: boolean
}

const formats: readonly TestFormat[] = ['pretty', 'junit', 'json']

export const test: CliCommand<TestCommandOptions> = {
  name: 'test',
  summary: 'Run the tests beside the routes: mocked backends, virtual time, the engine of the gateway.',
  examples: [
    ['tessera test', 'all of routes/**/*.test.yaml'],
    ['tessera test mobile-home routes/search.yaml', 'a route by its name, or a file'],
    ['tessera test --coverage', 'and what no test reached'],
    ['tessera test --update', 'write the bodies that tests do not state yet, or state otherwise'],
    ['tessera test --format junit > tests.xml', 'in CI'],
  ],
  operands: [new Argument('[files|routes...]', 'routes by name, files of routes or tests, directories')],
  options: [
    ...configOptions(),
    new Option('--coverage', 'say which steps, arms, catches, fallbacks and sides of a `when` no test reached'),
    new Option('--update', 'write what is answered into the tests'),
    new Option('--format <format>', 'how to report').choices(formats).default('pretty'),
    new Option('--watch', 'run again whenever a file changes'),
  ],
  run: runTests,
}

async function runTests(
  options: TestCommandOptions,
  terminal: Terminal,
  operands: readonly string[],
): Promise<ExitCode> {
  const { exitCode, locations } = await runOnce(options, terminal, operands)
  if (!options.watch) return exitCode
  const { ConfigWatcher } = await import('../server/lifecycle/watch.ts')
  let running = Promise.resolve()
  const runAgain = async () => {
    terminal.print('')
    watcher.watch((await runOnce(options, terminal, operands)).locations)
  }
  const rerun = () => {
    running = running.then(runAgain).catch((thrown) => terminal.complain(describeFailure(thrown)))
  }
  const watcher = new ConfigWatcher(rerun, (error) =>
    terminal.complain(`a directory cannot be watched: ${error.message}`),
  )
  watcher.watch(locations)
  await waitForStop()
  await watcher.close()
  return 0
}

async function runOnce(options: TestCommandOptions, terminal: Terminal, only: readonly string[]) {
  const [{ testProject, updateSnapshots }, { testReports }] = await Promise.all([
    import('./test-project.ts'),
    import('../testing/reports/index.ts'),
  ])
  const wanted = { ...readingOf(options), only, coverage: options.coverage ?? false }
  let tested = await testProject(wanted)
  if (options.update && tested.run) {
    const changed = await updateSnapshots(tested.run, tested.files)
    for (const file of changed) terminal.complain(`wrote ${file}`)
    if (changed.length > 0) tested = await testProject(wanted)
  }
  const { findings, run, unknown, locations } = tested
  const end = (exitCode: ExitCode) => ({ exitCode, locations })
  for (const name of unknown) terminal.complain(`\`${name}\` is no route, no file and no directory of tests`)
  if (findings.diagnostics.length > 0) terminal.complain(printAll(findings, terminal.color).join('\n\n'))
  if (unknown.length > 0) return end(2)
  if (!run) return end(1)
  const results = run.suites.flatMap((suite) => suite.results)
  const failed = results.some(({ problems }) => problems.length > 0)
  terminal.print(testReports[options.format](run, terminal.paint))
  if (results.length === 0) terminal.complain('there are no tests: they stand in NAME.test.yaml beside a route')
  return end(failed || results.length === 0 ? 1 : 0)
}
