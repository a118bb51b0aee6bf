import type { IncomingMessage, ServerResponse } from 'node:http'
import { contained } from '../../faults.ts'
import { completeReply, type Reply } from '../../run/reply.ts'
import { hasBody } from './body.ts'
import { listenerOf } from './connection.ts'
import { discardRest } from './discard-rest.ts'

/** A longer body ends its connection instead. */
const mostDrainedBytes = 64 * 1024

/** Writes a reply in one go. With `close` the connection ends after it. Gives the bytes of the body. */
export function writeReply(
  request: IncomingMessage,
  response: ServerResponse,
  reply: Reply,
  requestId: string,
  close: boolean,
): number {
  const { status, headers } = reply
  const unread = unreadBytes(request)
  const sent = completeReply(reply, request.method ?? '', requestId)
  if (close || unread > mostDrainedBytes) headers.push('connection', 'close')
  response.writeHead(status, headers)
  if (unread > mostDrainedBytes) endAfterBody(request, response, sent)
  else {
    response.end(sent)
    if (unread > 0) limitRest(request)
  }
  return sent?.length ?? 0
}

/** Writes the head of a reply whose body comes piece by piece. Gives what ends it. */
export function beginReply(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers }: Reply,
  requestId: string,
  close: boolean,
): () => void {
  const unread = unreadBytes(request)
  headers.push('x-request-id', requestId)
  if (close || unread > mostDrainedBytes) headers.push('connection', 'close')
  response.writeHead(status, headers)
  response.flushHeaders()
  if (unread <= mostDrainedBytes) {
    if (unread > 0) limitRest(request)
    return () => void response.end()
  }
  return () => endAfterBody(request, response, undefined)
}

/** How much of the request's body is still to come, at most. */
function unreadBytes(request: IncomingMessage): number {
  // A stream of HTTP/2 is ended behind the answer, whatever still comes on it.
  if (request.complete || listenerOf(request).isHttp2 || !hasBody(request)) return 0
  return Number(request.headers['content-length'] ?? Infinity)
}

/** A body that nobody wants any more is thrown away as it comes, but not for ever. */
export function limitRest(request: IncomingMessage): void {
  discardRest(request, () => {
    if (!request.complete) request.socket.destroy()
  })
}

/**
 * The client is still sending a body that nobody wants. Closing now would reset the connection and may take the answer
 * with it, so the rest is thrown away before (RFC 9112 section 9.6).
 */
export function endAfterBody(request: IncomingMessage, response: ServerResponse, body: Reply['body']): void {
  if (body === undefined) response.flushHeaders()
  else response.write(body)
  discardRest(
    request,
    contained('response', response, () => void response.end()),
  )
}
