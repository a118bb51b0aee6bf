import { type Argument, InvalidArgumentError, Option } from 'commander'
import { type Environment, limitEnvironment } from '../environment.ts'
import type { LogLevel } from '../telemetry/logger.ts'
import type { Terminal } from './terminal.ts'

/** 0: all is well; 1: the configuration or the run failed; 2: wrong usage, which commander finds. */
export type ExitCode = 0 | 1 | 2

/** One command: what `--help` says of it, and what it does. A new one is a file and a line in `index.ts`. */
export interface CliCommand<Options = never> {
  readonly name: string
  readonly summary: string
  /** A command line and what it is for. */
  readonly examples: readonly (readonly [line: string, purpose: string])[]
  /** What else one has to know, in a paragraph. */
  readonly notes?: string
  /** What may follow its name besides options. */
  readonly operands?: readonly Argument[]
  readonly options: readonly Option[]
  /** Loads what it needs by itself, so that `--help` loads nothing. */
  run(options: Options, terminal: Terminal, operands: readonly string[]): Promise<ExitCode>
}

/** What every command that reads the configuration takes. */
export interface ConfigOptions {
  readonly config?: string
  readonly routes?: string
  readonly secrets?: string
  /** Patterns of the variables that files may name. */
  readonly env?: readonly string[]
}

/** What the commands that listen take besides. */
export interface ListenOptions extends ConfigOptions {
  readonly port?: number
  readonly adminPort?: number
  readonly logLevel: LogLevel
}

export const defaultConfig = 'config/gateway.yaml'

const logLevels: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']

/** What a command reads, and what may be named in it. */
export function readingOf({ config = defaultConfig, routes, secrets, env }: ConfigOptions) {
  return { config, routes, secrets, env: allowedVariables(env) }
}

/** Of these variables those that files may name. */
export function allowedVariables(patterns: ConfigOptions['env'], env: Environment = process.env): Environment {
  return patterns === undefined ? env : limitEnvironment(env, patterns)
}

export const configOptions = (): Option[] => [
  new Option('-c, --config <file>', `the gateway's file (default: ${defaultConfig})`),
  new Option('--routes <dir>', "directory of the routes, in place of the gateway file's"),
  ...namedOptions(),
]

/** What files may name. */
export const namedOptions = (): Option[] => [
  new Option('--secrets <dir>', 'below which `${file:…}` is read (default: /run/secrets)'),
  new Option('--env <names>', 'variables that files may name, like `SHOP_*,PORT`; all unless given').argParser(
    (names, before: readonly string[] = []) => [...before, ...names.split(',')],
  ),
]

export const listenOptions = (logLevel: LogLevel): Option[] => [
  ...configOptions(),
  new Option('-p, --port <n>', "port of the gateway, in place of its file's; 0: any free one").argParser(parsePort),
  new Option('--admin-port <n>', 'port of the admin listener').argParser(parsePort),
  new Option('--log-level <level>', 'least severe log line').choices(logLevels).default(logLevel),
]

function parsePort(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('It is a number from 0 to 65535.')
  return port
}
