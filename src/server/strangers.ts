import type { IncomingMessage } from 'node:http'

/** What proxies and authenticators in front say of a client: of anybody else it is a forgery. */
const namesOfProxies = /^(?:forwarded$|x-(?:forwarded-|real-ip$|envoy-|auth-request-|amzn-oidc-|ms-client-principal))/i

/**
 * Whether a header is one that only a trusted proxy may send. Names with `_` are: many a backend reads them as those
 * with `-` (CGI's `HTTP_X_FORWARDED_FOR`).
 */
export function isOfProxies(name: string): boolean {
  const first = name.charCodeAt(0) | 0x20
  // x or f
  if ((first === 0x78 || first === 0x66) && namesOfProxies.test(name)) return true
  return name.includes('_')
}

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
