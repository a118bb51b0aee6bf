import { Command, CommanderError } from 'commander'
import { readPackageVersion } from '../version.ts'
import type { CliCommand, ExitCode } from './command.ts'
import { describeFailure } from './failure.ts'
import { openTerminal, type Terminal } from './terminal.ts'

/** Every command by its name, in the order of `--help`. Each is loaded when it runs; for `--help`, all are. */
const commands: Readonly<Record<string, () => Promise<CliCommand>>> = {
  init: async () => (await import('./init.ts')).init,
  dev: async () => (await import('./dev.ts')).dev,
  serve: async () => (await import('./serve.ts')).serve,
  check: async () => (await import('./check.ts')).check,
  test: async () => (await import('./test.ts')).test,
  record: async () => (await import('./record.ts')).record,
  eval: async () => (await import('./eval.ts')).evaluate,
  graph: async () => (await import('./graph.ts')).graph,
  explain: async () => (await import('./explain.ts')).explain,
  schema: async () => (await import('./schema.ts')).schema,
  'language-server': async () => (await import('./language-server.ts')).languageServer,
  key: async () => (await import('./key.ts')).key,
  user: async () => (await import('./user.ts')).user,
  import: async () => (await import('./import.ts')).importCommand,
  export: async () => (await import('./export.ts')).exportCommand,
}

export const exitCodes = `Exit codes
  0  all is well
  1  the configuration or the run failed
  2  wrong usage`

/** Every command, in the order of `--help`. */
export function loadCommands(): Promise<CliCommand[]> {
  return Promise.all(Object.values(commands).map((load) => load()))
}

/** Runs one command line, without `node` and the script; gives the exit code. */
export async function runCli(args: readonly string[]): Promise<ExitCode> {
  const terminal = openTerminal()
  const [name = ''] = args
  const meant = Object.hasOwn(commands, name) ? [await commands[name]!()] : await loadCommands()
  let exitCode: ExitCode = 0
  const program = new Command('tessera')
    .description('Declare a page in YAML; answer it from many backends with one traced response.')
    .version(readPackageVersion(), '-V, --version')
    .configureHelp({ styleTitle: terminal.paint.bold, sortSubcommands: false })
    .configureOutput({ outputError: (text, write) => write(terminal.paint.red(text.trimEnd()).concat('\n')) })
    .exitOverride()
  for (const command of meant) {
    const added = program.command(command.name).description(command.summary).exitOverride()
    for (const operand of command.operands ?? []) added.addArgument(operand)
    for (const option of command.options) added.addOption(option)
    added.addHelpText('after', () => printExamples(command.examples, terminal))
    if (command.notes) added.addHelpText('after', `\n${command.notes}`)
    added.action(async () => {
      exitCode = await command.run(added.opts() as never, terminal, added.args)
    })
  }
  program.addHelpText('after', () => {
    const first = meant.map(({ examples }) => examples[0]!)
    return `${printExamples(first, terminal)}\n\n${exitCodes.replace(/^.*/, terminal.paint.bold)}`
  })
  try {
    await program.parseAsync(args, { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    terminal.complain(describeFailure(error))
    return 1
  }
}

function printExamples(examples: CliCommand['examples'], { paint }: Terminal): string {
  const widest = Math.max(...examples.map(([line]) => line.length))
  const lines = examples.map(([line, purpose]) => `  ${line.padEnd(widest)}  ${paint.dim(purpose)}`)
  return `\n${paint.bold('Examples')}\n${lines.join('\n')}`
}
