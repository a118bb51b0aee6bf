import type { IncomingMessage, ServerResponse } from 'node:http'
import { GatewayError } from '../errors.ts'
import { contained } from '../faults.ts'
import type { Outcome } from '../run/outcome.ts'
import { type ProblemContext, printProblem, problemType } from '../run/problem.ts'
import { hasBody } from './body.ts'

const jsonType = 'application/json; charset=utf-8'
const defaultRetryAfterSeconds = 1

/** An answer ready to be written: header names and values in turn. */
export interface Reply {
  readonly status: number
  readonly headers: string[]
  readonly body: Uint8Array | undefined
}

/**
 * Turns what a request came to into HTTP. The only place that does.
 * @throws GatewayError `internal` for a header of the route's that cannot be sent
 */
export function renderReply(outcome: Outcome, context: ProblemContext): Reply {
  const headers = flatten(outcome.headers)
  if (outcome.kind === 'failure') return renderProblem(outcome.error, context, headers)
  const { status, body } = outcome
  if (body !== undefined && outcome.headers['content-type'] === undefined) headers.push('content-type', jsonType)
  return { status, headers, body }
}

export function renderProblem(error: GatewayError, context: ProblemContext, headers: string[] = []): Reply {
  const { status } = error
  headers.push('content-type', problemType)
  if (status === 503 || error.retryAfter !== undefined) {
    headers.push('retry-after', String(Math.ceil(error.retryAfter ?? defaultRetryAfterSeconds)))
  }
  return { status, headers, body: Buffer.from(printProblem(error, context)) }
}

/** Of HTTP itself or of one connection (RFC 9110 section 7.6.1): not for a route to set. */
const ours = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'proxy-authenticate',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

function flatten(headers: Outcome['headers']): string[] {
  const flat: string[] = []
  for (const name in headers) {
    const value = headers[name]!
    if (typeof value === 'string') pushHeader(flat, name, value)
    else for (const one of value) pushHeader(flat, name, one)
  }
  return flat
}

function pushHeader(flat: string[], name: string, value: string): void {
  if (name === 'x-request-id') return
  if (ours.has(name)) {
    throw new GatewayError('internal', { cause: new Error(`the route's header ${name} cannot be sent`) })
  }
  flat.push(name, value)
}

const lingerMs = 1000
/** A longer body ends its connection instead. */
const mostDrainedBytes = 64 * 1024

/**
 * Writes a reply in one go. With `close` the connection ends after it. Gives the bytes of the body.
 */
export function writeReply(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, body }: Reply,
  requestId: string,
  close: boolean,
): number {
  const isBodyless = status === 204 || status === 304
  const bytes = body?.length ?? 0
  const unread = unreadBytes(request)
  if (!isBodyless) headers.push('content-length', String(bytes))
  headers.push('x-request-id', requestId)
  if (close || unread > mostDrainedBytes) headers.push('connection', 'close')
  response.writeHead(status, headers)
  const sent = request.method === 'HEAD' || isBodyless ? undefined : body
  if (unread > mostDrainedBytes) endAfterBody(request, response, sent)
  else response.end(sent)
  if (unread > 0) limitRest(request)
  return sent === undefined ? 0 : bytes
}

/** How much of the request's body is still to come, at most. */
function unreadBytes(request: IncomingMessage): number {
  if (request.complete || !hasBody(request)) return 0
  return Number(request.headers['content-length'] ?? Infinity)
}

/** A body that nobody wants any more is thrown away as it comes, but not for ever. */
export function limitRest(request: IncomingMessage): void {
  const timer = setTimeout(() => request.socket.destroy(), 2 * lingerMs).unref()
  request.once('end', () => clearTimeout(timer))
  request.resume()
}

/**
 * The client is still sending a body that nobody wants. Closing now would reset the connection and may take the answer
 * with it, so the rest is thrown away for a second.
 */
function endAfterBody(request: IncomingMessage, response: ServerResponse, body: Reply['body']): void {
  if (body === undefined) response.flushHeaders()
  else response.write(body)
  const end = contained('response', response, () => {
    clearTimeout(timer)
    response.end()
  })
  const timer = setTimeout(end, lingerMs)
  request.once('end', end).once('close', end)
}
