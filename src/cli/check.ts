import { Option } from 'commander'
import type { ConfigTexts } from '../config/texts.ts'
import { describeChange, textsByPath } from './changed-files.ts'
import { type CliCommand, type ConfigOptions, configOptions, type ExitCode, readingOf } from './command.ts'
import { waitForStop } from './lifecycle.ts'
import type { ReportFormat } from './reports/index.ts'
import type { Report } from './reports/report.ts'
import type { Terminal } from './terminal.ts'

interface CheckOptions extends ConfigOptions {
  readonly format: ReportFormat
  readonly strict?: boolean
  readonly watch?: boolean
  readonly extensions: boolean
}

const formats: readonly ReportFormat[] = ['pretty', 'json', 'github', 'sarif']

export const check: CliCommand<CheckOptions> = {
  name: 'check',
  summary: 'Check the whole configuration and say all that is wrong with it; starts nothing.',
  examples: [
    ['tessera check', 'before a commit'],
    ['tessera check --strict --format github', 'in CI: warnings fail too, shown at their lines'],
    ['tessera check --format sarif > check.sarif', 'for code scanning'],
    ['tessera check --watch', 'while you edit'],
    ['tessera check -c staging/gateway.yaml', 'another configuration'],
  ],
  notes:
    'A warning or a hint is silenced where it stands, with a reason, at the end of its line or on the line before: ' +
    '`# tessera-ignore unused-output: used by the partner app`. A silence without a reason, or of nothing, is a warning. ' +
    'The modules of `extensions:` run while they are checked, as tests would: for a project that nobody vouches for there ' +
    'is `--no-extensions`, which reads nothing but YAML, and takes every name it does not know for one of theirs.',
  options: [
    ...configOptions(),
    new Option('--format <format>', 'how to report').choices(formats).default('pretty'),
    new Option('--strict', 'fail on warnings too'),
    new Option('--no-extensions', 'run none of the project’s extensions'),
    new Option('--watch', 'check again whenever a file changes'),
  ],
  run: runCheck,
}

async function runCheck(options: CheckOptions, terminal: Terminal): Promise<ExitCode> {
  const { reporters } = await import('./reports/index.ts')
  const first = await checkOnce(options)
  terminal.print(reporters[options.format](first.report, terminal))
  if (options.watch) return watchOn(first, options, terminal)
  const failing = options.strict ? ['error', 'warning'] : ['error']
  return first.report.diagnostics.some(({ severity }) => failing.includes(severity)) ? 1 : 0
}

async function checkOnce(options: CheckOptions) {
  const startedAt = performance.now()
  const [{ readConfig }, { buildSnapshot }, { countParts }, { checkEndpointLists }] = await Promise.all([
    import('../config/read.ts'),
    import('../plan/build.ts'),
    import('./counts.ts'),
    import('./endpoint-lists.ts'),
  ])
  const { texts, locations } = await readConfig({ ...readingOf(options), runsExtensions: options.extensions })
  const { snapshot, diagnostics } = buildSnapshot(texts)
  const lists = snapshot ? await checkEndpointLists(snapshot) : []
  const files = textsByPath(texts)
  const report: Report = {
    diagnostics: [...diagnostics, ...lists],
    textOf: (file) => files.get(file),
    counts: countParts(texts),
    ms: performance.now() - startedAt,
  }
  return { report, texts, locations }
}

/** Checks again after every edit, until Ctrl-C. */
async function watchOn(
  first: Awaited<ReturnType<typeof checkOnce>>,
  options: CheckOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const [{ ConfigWatcher }, { reporters }] = await Promise.all([
    import('../server/lifecycle/watch.ts'),
    import('./reports/index.ts'),
  ])
  let checked: ConfigTexts = first.texts
  let checking = Promise.resolve()
  const recheck = () => {
    checking = checking.then(async () => {
      const { report, texts, locations } = await checkOnce(options)
      watcher.watch(locations)
      const change = describeChange(checked, texts)
      checked = texts
      if (change === '') return
      // On standard error, so that the reports stay what their format says.
      terminal.complain(`\n${change}`)
      terminal.print(reporters[options.format](report, terminal))
    })
  }
  const complain = (error: Error) => terminal.complain(`a directory cannot be watched: ${error.message}`)
  const watcher = new ConfigWatcher(recheck, complain)
  watcher.watch(first.locations)
  await waitForStop()
  await watcher.close()
  return 0
}
