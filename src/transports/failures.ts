import { GatewayError } from '../errors.ts'
import { maxHeadBytes } from './answer-limits.ts'

/** What makes an answer unusable. */
export type Flaw = 'malformed' | 'too-large' | 'head-too-large' | 'broken-off'

const descriptions: Readonly<Record<Flaw, string>> = {
  malformed: 'the answer is not valid HTTP',
  'too-large': 'the answer is too large',
  'head-too-large': `the head of the answer is over ${maxHeadBytes / 1024} KB`,
  'broken-off': 'the answer broke off',
}

/** @param status The status already received; 0 when none was. */
export function unusable(flaw: Flaw, status: number, cause?: Error): GatewayError {
  const response = status > 0 ? { status, body: undefined } : undefined
  return new GatewayError('invalid-response', { detail: descriptions[flaw], response, cause })
}

/** What this machine says when it has no file descriptor, local port or memory left for a connection. */
const ownWant = new Set(['EMFILE', 'ENFILE', 'EADDRNOTAVAIL', 'ENOBUFS', 'ENOMEM'])

/**
 * A connection that could not be made, or broke before an answer began. What the cause says of the place (address, port)
 * stays in it, for the log.
 * @param cause Undefined where the other side closed the connection.
 */
export function unreachable(cause: Error | undefined): GatewayError {
  const codes = codesOf(cause)
  const code = (cause as { code?: unknown } | undefined)?.code ?? 'closed'
  // Of several addresses the others could be tried, so there it is not for want of sockets that none answered.
  if (codes.length > 0 && codes.every((each) => ownWant.has(each))) {
    const detail = `the gateway cannot open a connection (${code})`
    return new GatewayError('out-of-sockets', { detail, retryAfter: 1, cause })
  }
  return new GatewayError('unavailable', { detail: `no connection or no answer (${code})`, cause })
}

/** What the system calls an error: one for every address, where several were tried (happy eyeballs). */
export function codesOf(cause: unknown): readonly string[] {
  const { code, errors } = (cause ?? {}) as { code?: unknown; errors?: readonly { code?: unknown }[] }
  if (Array.isArray(errors)) return errors.map((error) => String(error.code))
  return code === undefined ? [] : [String(code)]
}
