import { Option } from 'commander'
import { textsByPath } from './changed-files.ts'
import { type CliCommand, type ConfigOptions, configOptions, defaultConfig, type ExitCode } from './command.ts'
import { text } from './reports/text.ts'
import type { Terminal } from './terminal.ts'

interface CheckOptions extends ConfigOptions {
  readonly strict?: boolean
}

export const check: CliCommand<CheckOptions> = {
  name: 'check',
  summary: 'Check the whole configuration and say all that is wrong with it; starts nothing.',
  examples: [
    ['tessera check', 'before a commit'],
    ['tessera check --strict', 'in CI: warnings fail too'],
    ['tessera check -c staging/gateway.yaml', 'another configuration'],
  ],
  options: [...configOptions(), new Option('--strict', 'fail on warnings too')],
  run: runCheck,
}

async function runCheck(options: CheckOptions, terminal: Terminal): Promise<ExitCode> {
  const startedAt = performance.now()
  const [{ readConfig }, { buildSnapshot }, { countParts }] = await Promise.all([
    import('../config/read.ts'),
    import('../plan/build.ts'),
    import('./counts.ts'),
  ])
  const { config = defaultConfig, routes } = options
  const { texts } = await readConfig({ config, routes, env: process.env })
  const { diagnostics } = buildSnapshot(texts)
  const files = textsByPath(texts)
  const report = {
    diagnostics,
    textOf: (file: string) => files.get(file),
    counts: countParts(texts),
    ms: performance.now() - startedAt,
  }
  terminal.print(text(report, terminal))
  const failing = options.strict ? ['error', 'warning'] : ['error']
  return diagnostics.some(({ severity }) => failing.includes(severity)) ? 1 : 0
}
