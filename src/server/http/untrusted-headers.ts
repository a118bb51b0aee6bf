import type { IncomingMessage } from 'node:http'
import { isOfProxies } from '../../proxy-headers.ts'

/**
 * Takes the headers of proxies out of a request that does not come from a trusted one, before anything looks at it: then
 * neither routes nor backends nor we ourselves ever see them.
 */
export function dropHeadersOfProxies(request: IncomingMessage, isTrusted: (request: IncomingMessage) => boolean): void {
  const { rawHeaders } = request
  for (let at = 0; at < rawHeaders.length; at += 2) {
    if (!isOfProxies(rawHeaders[at]!)) continue
    if (!isTrusted(request)) dropFrom(request, at)
    return
  }
}

function dropFrom(request: IncomingMessage, first: number): void {
  const { rawHeaders } = request
  const dropped: string[] = []
  let kept = first
  for (let at = first; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!
    if (isOfProxies(name)) dropped.push(name.toLowerCase())
    else {
      rawHeaders[kept++] = name
      rawHeaders[kept++] = rawHeaders[at + 1]!
    }
  }
  rawHeaders.length = kept
  // Node makes `headers` of `rawHeaders` when they are first asked for, and somebody may have asked.
  for (const name of dropped) delete request.headers[name]
}
