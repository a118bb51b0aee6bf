import type { OutgoingHttpHeaders } from 'node:http2'
import type { OutgoingRequest } from '../transport.ts'
import type { Http2Sessions } from './sessions.ts'

/** The head of a request, as Node takes it. */
export function headOf(
  { method, path, headers, body }: OutgoingRequest,
  { authority, scheme }: Pick<Http2Sessions, 'authority' | 'scheme'>,
): OutgoingHttpHeaders {
  const head: Record<string, string | string[]> = {
    ':method': method,
    ':path': path,
    ':authority': authority,
    ':scheme': scheme,
  }
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at]!
    const before = head[name]
    head[name] = before === undefined ? headers[at + 1]! : [before, headers[at + 1]!].flat()
  }
  if (body !== undefined) head['content-length'] = String(Buffer.byteLength(body))
  return head
}
