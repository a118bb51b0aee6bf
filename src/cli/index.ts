import { Command, CommanderError } from 'commander'
import { check } from './check.ts'
import type { CliCommand, ExitCode } from './command.ts'
import { dev } from './dev.ts'
import { evaluate } from './eval.ts'
import { explain } from './explain.ts'
import { exportCommand } from './export.ts'
import { describeFailure } from './failure.ts'
import { graph } from './graph.ts'
import { importCommand } from './import.ts'
import { init } from './init.ts'
import { readPackageVersion } from './package.ts'
import { serve } from './serve.ts'
import { openTerminal, type Terminal } from './terminal.ts'
import { test } from './test.ts'

/** Every command, in the order of `--help`. */
export const commands: readonly CliCommand[] = [
  init,
  dev,
  serve,
  check,
  test,
  evaluate,
  graph,
  explain,
  importCommand,
  exportCommand,
]

export const exitCodes = `Exit codes
  0  all is well
  1  the configuration or the run failed
  2  wrong usage`

/** Runs one command line, without `node` and the script; gives the exit code. */
export async function runCli(args: readonly string[]): Promise<ExitCode> {
  const terminal = openTerminal()
  let exitCode: ExitCode = 0
  const program = new Command('tessera')
    .description('Declare a page in YAML; answer it from many backends with one traced response.')
    .version(readPackageVersion(), '-V, --version')
    .configureHelp({ styleTitle: terminal.paint.bold, sortSubcommands: false })
    .configureOutput({ outputError: (text, write) => write(terminal.paint.red(text.trimEnd()).concat('\n')) })
    .exitOverride()
  for (const command of commands) {
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
    const first = commands.map(({ examples }) => examples[0]!)
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
