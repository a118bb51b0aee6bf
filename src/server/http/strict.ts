import type { IncomingMessage } from 'node:http'
import type { GatewayError } from '../../errors.ts'
import { refuse } from '../../run/refusals.ts'
import { listenerOf } from './connection.ts'

export const maxUrlLength = 8 * 1024

/** What stands in a URI (RFC 3986 section 2), and a fragment is no part of a target (RFC 9112 section 3.2). */
const notInUri = /[^!\x24-\x3b=?-Z[\]_a-z~]/
/** Browsers leave some more in a query as they were typed. */
const notInQuery = /[^!\x24-\x3b=?-~]/

function hasForeignCharacter(url: string): boolean {
  if (!notInUri.test(url)) return false
  const mark = url.indexOf('?')
  return mark < 0 || notInUri.test(url.slice(0, mark)) || notInQuery.test(url.slice(mark))
}

/**
 * Refuses what Node's parser lets through although RFC 9112 does not, or two parties could read in two ways. Undefined
 * for a request that is fine.
 */
export function checkRequest(request: IncomingMessage): GatewayError | undefined {
  const { httpVersion, method, rawHeaders } = request
  const url = request.url ?? ''
  if (httpVersion !== '1.1' && httpVersion !== '1.0') {
    if (!isOfHttp2(request)) return refuse('version-not-supported', 'HTTP/1.1 is spoken here')
    if (request.scheme !== 'https') return refuse('bad-request', 'the scheme of the target is not https')
  }
  if (url.length > maxUrlLength) return refuse('url-too-long', `the limit is ${maxUrlLength} characters`)
  if (hasForeignCharacter(url)) return refuse('bad-request', 'the URL holds characters that must be percent-encoded')
  if (method === 'TRACE' || method === 'CONNECT') return refuse('not-implemented')

  let hosts = 0
  let host = ''
  let codings = 0
  let credentials = 0
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!
    if (name.length === 4 && name.toLowerCase() === 'host') {
      hosts++
      host = rawHeaders[at + 1]!
    } else if (name.length === 6 && name.toLowerCase() === 'expect') {
      if (rawHeaders[at + 1]!.toLowerCase() !== '100-continue') return refuse('expectation-failed')
    } else if (name.length === 13 && name.toLowerCase() === 'authorization') {
      credentials++
    } else if (name.length === 17 && name.toLowerCase() === 'transfer-encoding') {
      codings++
      if (rawHeaders[at + 1]!.toLowerCase() !== 'chunked' || httpVersion === '1.0' || codings > 1) {
        return refuse('bad-request', 'the only transfer coding is one `chunked`, in HTTP/1.1')
      }
    }
  }
  if (hosts > 1) return refuse('bad-request', 'there is more than one Host header')
  // Node keeps the first; a service that it goes on to may keep the last.
  if (credentials > 1) return refuse('bad-request', 'there is more than one Authorization header')
  if (hosts === 0 && httpVersion !== '1.0') return refuse('bad-request', 'the Host header is missing')
  if (hosts === 1 && !isHost(host)) return refuse('bad-request', 'the Host header is not a host')
  if (url.charCodeAt(0) !== slash) return checkAbsoluteTarget(url, method ?? '', host)
  return undefined
}

const slash = 47
const hostForm = /^(?:[a-z0-9._~!$&'()*+,;=%-]+|\[[0-9a-f:.]+\])(?::\d{0,5})?$/i
let lastGoodHost = ''

/** Nearly every request has the Host of the one before it. */
function isHost(host: string): boolean {
  if (host === lastGoodHost && host !== '') return true
  if (!hostForm.test(host)) return false
  lastGoodHost = host
  return true
}

/** `http://host/path` is what proxies are sent (RFC 9112 section 3.2.2): its authority has to be the Host header's. */
function checkAbsoluteTarget(url: string, method: string, host: string): GatewayError | undefined {
  if (url === '*' && method === 'OPTIONS') return undefined
  const parts = /^https?:\/\/([^/?#]*)(?:[/?]|$)/i.exec(url)
  if (!parts) return refuse('bad-request', 'the request target is neither a path nor a URL')
  if (parts[1]!.toLowerCase() !== host.toLowerCase()) {
    return refuse('bad-request', 'the URL names another host than the Host header')
  }
  return undefined
}

/** One that says it is of version 2.0 in the words of HTTP/1.1 is none. */
function isOfHttp2(request: IncomingMessage): request is IncomingMessage & { readonly scheme: string } {
  return listenerOf(request).isHttp2
}

/** The path of a request, percent-encoded as it came. */
export function pathOf(request: IncomingMessage): string {
  const target = targetOf(request)
  const mark = target.indexOf('?')
  return mark < 0 ? target : target.slice(0, mark)
}

/** The path and query of a request target, whatever its form. */
export function targetOf(request: IncomingMessage): string {
  const url = request.url ?? '/'
  if (url.charCodeAt(0) === slash) return url
  const rest = url.replace(/^[a-z]+:\/\/[^/?#]*/i, '')
  return rest.startsWith('/') ? rest : `/${rest}`
}
