import type { WriteStream } from 'node:tty'
import pc from 'picocolors'
import { escapeControls } from '../diagnostics/controls.ts'

/** Where a command prints, and what can be shown there. */
export interface Terminal {
  /** Screen columns; follows the window. */
  readonly width: number
  /** Whether standard output is painted. */
  readonly color: boolean
  readonly paint: Paint
  /** Prints a line to standard output. */
  print(line: string): void
  /** Prints a line to standard error. */
  complain(line: string): void
}

export type Paint = ReturnType<typeof pc.createColors>

const widthOfFiles = 100

/** The process's own terminal. */
export function openTerminal(env: NodeJS.ProcessEnv = process.env): Terminal {
  const { stdout, stderr } = process
  for (const stream of [stdout, stderr]) stream.on('error', endOnBrokenPipe)
  const color = wantsColor(stdout, env)
  return {
    get width() {
      return stdout.columns || Number(env['COLUMNS']) || widthOfFiles
    },
    color,
    paint: pc.createColors(color),
    print: (line) => void stdout.write(`${escapeControls(line)}\n`),
    complain: (line) => void stderr.write(`${escapeControls(line)}\n`),
  }
}

/** NO_COLOR and FORCE_COLOR decide, in this order (no-color.org, force-color.org); else a terminal is painted and a file is not. */
export function wantsColor(stream: Pick<WriteStream, 'isTTY'>, env: NodeJS.ProcessEnv): boolean {
  if (env['NO_COLOR']) return false
  const forced = env['FORCE_COLOR']
  if (forced) return forced !== '0' && forced !== 'false'
  return stream.isTTY === true && env['TERM'] !== 'dumb'
}

/** `tessera check | head`: whoever read has seen enough. */
function endOnBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
  process.exit()
}

/** Says what was wrong with a command line; gives its exit code. */
export function complainOfUsage(terminal: Terminal, message: string): 2 {
  terminal.complain(message)
  return 2
}
