import { createRequire } from 'node:module'
import { type DestinationStream, destination, type LoggerOptions, pino, stdTimeFunctions } from 'pino'
import { LineBuffer, type LogDestination } from './line-buffer.ts'
import { maskFields } from './masking.ts'

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent'

/** Fields of a line; `trace_id`, `span_id`, `request_id` and `route` by these names. Put an error under `err`. */
export type LogFields = Record<string, unknown>

interface Log {
  (fields: LogFields, message?: string): void
  (message: string): void
}

export interface Logger {
  readonly trace: Log
  readonly debug: Log
  readonly info: Log
  readonly warn: Log
  readonly error: Log
  readonly fatal: Log
  isLevelEnabled(level: LogLevel): boolean
  /** A logger whose every line holds these fields too. */
  child(fields: LogFields): Logger
  /** Writes a finished line, its newline included, whatever its level: the caller has asked `isLevelEnabled`. */
  writeLine(line: string): void
  /** Writes what is buffered; for the end of the process. */
  flush(): void
}

export interface LoggerSettings {
  readonly level?: LogLevel
  /** Default: pretty on a terminal, else JSON, one object a line. */
  readonly format?: 'json' | 'pretty'
  /** Default: standard output. */
  readonly destination?: LogDestination
}

/**
 * Creates a log of JSON lines: level as text, ISO time, what is sensitive by name masked. Lines are written in blocks,
 * at most 200 ms late and always before the process exits; if nobody reads them, lines over 16 MB are dropped rather than
 * kept. The pretty form is written at once.
 */
export function createLogger(settings: LoggerSettings = {}): Logger {
  const pretty = settings.format === undefined ? process.stdout.isTTY === true : settings.format === 'pretty'
  const stream = pretty ? openPretty(settings.destination) : (settings.destination ?? openStdout())
  const logger = pino(options(settings.level ?? 'info'), stream as DestinationStream)
  const createChild = logger.child
  // pino masks a line's own fields by `formatters.log`, those of a child by nothing.
  logger.child = function (this: typeof logger, bindings: LogFields) {
    return createChild.call(this, maskFields(bindings))
  } as typeof createChild
  return Object.assign(logger, {
    writeLine: (line: string) => void stream.write(line),
    flush: () => flushSync(stream),
  }) as unknown as Logger
}

function options(level: LogLevel): LoggerOptions {
  return {
    level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }), log: (fields) => maskFields(fields) as LogFields },
    // maskFields has told the errors already.
    serializers: { err: (told) => told },
  }
}

/** One for all loggers, so that their lines stay in order. */
let stdout: LineBuffer | undefined

function openStdout(): LogDestination {
  if (stdout) return stdout
  const lines = new LineBuffer(1)
  process.on('exit', () => lines.flushSync())
  stdout = lines
  return lines
}

/** pino-pretty in this thread and unbuffered, so that a crash loses no line. Loaded only when asked for. */
function openPretty(to: LogDestination | undefined): LogDestination {
  const { prettyFactory } = createRequire(import.meta.url)('pino-pretty') as typeof import('pino-pretty')
  const print = prettyFactory({
    colorize: to === undefined && process.stdout.isTTY === true && !process.env['NO_COLOR'],
    translateTime: 'SYS:HH:MM:ss.l',
    singleLine: true,
  })
  const output = to ?? destination({ fd: 1, sync: true })
  return { write: (line) => output.write(print(line)) }
}

function flushSync(stream: LogDestination & { flushSync?: () => void }): void {
  stream.flushSync?.()
}
