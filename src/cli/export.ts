import { writeFile } from 'node:fs/promises'
import { Argument, Option } from 'commander'
import { type CliCommand, type ConfigOptions, configOptions, type ExitCode } from './command.ts'
import { loadSnapshot } from './load-snapshot.ts'
import type { Terminal } from './terminal.ts'

interface ExportOptions extends ConfigOptions {
  readonly format?: 'yaml' | 'json'
  readonly out?: string
}

export const exportCommand: CliCommand<ExportOptions> = {
  name: 'export',
  summary: 'Describe the aggregated endpoints as an OpenAPI 3.1 document.',
  examples: [
    ['tessera export openapi', 'to read'],
    ['tessera export openapi --out openapi.json', 'for a generator of clients'],
  ],
  operands: [new Argument('<format>', 'what to write').choices(['openapi'])],
  options: [
    ...configOptions(),
    new Option('--format <format>', "its notation (default: yaml, or by the --out file's ending)").choices([
      'yaml',
      'json',
    ]),
    new Option('-o, --out <file>', 'write to a file'),
  ],
  run: runExport,
}

async function runExport(options: ExportOptions, terminal: Terminal): Promise<ExitCode> {
  const snapshot = await loadSnapshot(options, terminal)
  if (!snapshot) return 1
  const [{ describeApi }, { printYaml }] = await Promise.all([
    import('../interchange/to-openapi/document.ts'),
    import('../yaml/print.ts'),
  ])
  const document = describeApi(snapshot)
  const format = options.format ?? (options.out?.endsWith('.json') ? 'json' : 'yaml')
  const text =
    format === 'json' ? `${JSON.stringify(document, null, 2)}\n` : printYaml(document, { quotesNumbers: true })
  if (options.out === undefined) terminal.print(text.trimEnd())
  else await writeFile(options.out, text)
  return 0
}
