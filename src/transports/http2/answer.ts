import type { ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2'
import type { IncomingResponse } from '../transport.ts'

/** The other side saw nothing of it, and says so (RFC 9113 section 8.7). */
export class StreamRefused extends Error {
  readonly code = 'ERR_HTTP2_STREAM_REFUSED'
}

/**
 * Whether the other side has said that this was all. Node ends a stream that is reset with NO_ERROR as if it had, so that
 * half an answer would be a whole one; what differs is that it is closed by then.
 */
export function watchEnd(stream: ClientHttp2Stream): () => boolean {
  const push = stream.push
  let hasEnded = false
  stream.push = (piece: unknown, encoding?: BufferEncoding) => {
    hasEnded ||= piece === null && !stream.closed
    return push.call(stream, piece, encoding)
  }
  return () => hasEnded
}

export function resetBy(code: number | undefined): Error {
  return Object.assign(new Error(`the stream was reset (${code})`), { code: 'ERR_HTTP2_STREAM_RESET' })
}

export function selectHeaders(from: IncomingHttpHeaders): IncomingResponse['headers'] {
  const headers: Record<string, string | string[]> = Object.create(null)
  for (const name in from) if (!name.startsWith(':') && from[name] !== undefined) headers[name] = from[name]
  return headers
}

/** What a head is counted as, like one of HTTP/1.1: names and values. */
export function bytesOf(headers: IncomingHttpHeaders): number {
  let bytes = 0
  for (const name in headers) bytes += name.length + String(headers[name]).length
  return bytes
}
