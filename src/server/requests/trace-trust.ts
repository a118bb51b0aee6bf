import type { IncomingMessage } from 'node:http'
import type { TraceTrust } from '../../config/gateway.ts'
import type { CallerHeaders } from '../../telemetry/propagators.ts'

const nothing: CallerHeaders = {}

/**
 * Compiles what is taken up of a caller's trace. Whoever chooses a trace's id and flags chooses what is sampled, and
 * what is looked at together; so the trace of one who is not trusted ends here, and a new one begins.
 */
export function compileTraceTrust(
  trust: TraceTrust,
  isTrusted: (request: IncomingMessage) => boolean,
): (request: IncomingMessage) => CallerHeaders {
  const headersOf = (request: IncomingMessage) => request.headers as CallerHeaders
  switch (trust) {
    case 'all':
      return headersOf
    case 'none':
      return () => nothing
    case 'trusted':
      return (request) => (isTrusted(request) ? headersOf(request) : nothing)
  }
}
