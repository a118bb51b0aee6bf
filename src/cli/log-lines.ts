import type { LogDestination } from '../telemetry/line-buffer.ts'
import type { Terminal } from './terminal.ts'

/** What `dev` shows in its own way. */
const shownElsewhere = /^(request|configuration reloaded)$|^the configuration was rejected/

/** Shows log lines to a developer, between the requests: level and message in place of JSON. */
export function createLogPrinter({ paint, complain }: Pick<Terminal, 'paint' | 'complain'>): LogDestination {
  const tints: Record<string, (text: string) => string> = { warn: paint.yellow, error: paint.red, fatal: paint.red }
  return {
    write(line) {
      const { level, msg = '', err } = JSON.parse(line) as { level: string; msg?: string; err?: { stack?: string } }
      if (shownElsewhere.test(msg)) return
      const tint = tints[level] ?? paint.dim
      complain([`${tint(level)}  ${msg}`, ...(err?.stack ? [paint.dim(err.stack)] : [])].join('\n'))
    },
  }
}
