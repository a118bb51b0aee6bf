import { resolve } from 'node:path'
import { Option } from 'commander'
import { readPackageVersion } from '../version.ts'
import { allowedVariables, type CliCommand, type ConfigOptions, type ExitCode, namedOptions } from './command.ts'
import type { Terminal } from './terminal.ts'

interface LanguageServerOptions extends Omit<ConfigOptions, 'routes'> {
  readonly extensions: boolean
}

export const languageServer: CliCommand<LanguageServerOptions> = {
  name: 'language-server',
  summary: 'Tell an editor what `check` says as one types, and help to write (LSP over standard input and output).',
  examples: [['tessera language-server', 'started by the editor: docs/guides/editor.md says how']],
  notes:
    'A file belongs to the nearest `config/gateway.yaml` or `gateway.yaml` around it. The modules of `extensions:` run, as ' +
    'they do in `check`; for a project that nobody vouches for there is `--no-extensions`.',
  options: [
    new Option('-c, --config <file>', "the gateway's file of all that is edited, in place of the nearest"),
    ...namedOptions(),
    new Option('--no-extensions', 'run none of the project’s extensions'),
    new Option('--stdio', 'standard input and output, which is the only way there is').hideHelp(),
  ],
  run: serveEditor,
}

async function serveEditor(
  { config, secrets, env, extensions }: LanguageServerOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const [{ startLanguageServer }, { jsonSchemaOfFile }, { testFileShape }] = await Promise.all([
    import('../editor/server.ts'),
    import('../describe/json-schema.ts'),
    import('../testing/shape.ts'),
  ])
  return startLanguageServer({
    version: readPackageVersion(),
    complain: (line) => terminal.complain(line),
    testSchema: jsonSchemaOfFile('test', testFileShape),
    config: config === undefined ? undefined : resolve(config),
    secrets,
    env: allowedVariables(env),
    runsExtensions: extensions,
  })
}
