import { GatewayError, type InputFault } from '../../errors.ts'
import type { CredentialPlace } from '../../identity/credential.ts'
import type { ToolArgument } from '../../interchange/to-mcp/tools.ts'
import { printJson } from '../../json-text.ts'
import { isUnsafePath } from '../../path-safety.ts'
import type { RequestParts } from '../../plan/request-parts.ts'
import { isOfCaller } from '../../proxy-headers.ts'
import type { MatchSegment, RouteMatch } from '../../routes/match.ts'

type Arguments = Readonly<Record<string, unknown>>

/**
 * A call of a tool as a request of its route. What says who asks is that of the request which brings it, with where
 * that comes from; nothing else of it goes on.
 * @throws GatewayError `invalid-input` for arguments that are none, or cannot stand where they belong
 */
export function partsOfCall(
  { match, places }: { readonly match: RouteMatch; readonly places: readonly CredentialPlace[] },
  takes: readonly ToolArgument[],
  given: Arguments,
  from: RequestParts,
): RequestParts {
  const faults: InputFault[] = []
  for (const name of Object.keys(given)) {
    if (!takes.some((one) => one.name === name)) faults.push({ in: 'arguments', detail: 'there is an unknown one' })
  }
  const params: Record<string, string> = Object.create(null)
  const query: Record<string, string | string[]> = Object.create(null)
  const headers: Record<string, string> = Object.create(null)
  const cookies: Record<string, string> = Object.create(null)
  // Of anybody but a trusted proxy what only those may say is gone already.
  for (const [name, value] of Object.entries(from.headers)) if (isOfCaller(name)) headers[name] = value
  for (const { in: place, name } of places) {
    if (place === 'header' && from.headers[name] !== undefined) headers[name] = from.headers[name]
    if (place === 'cookie' && Object.hasOwn(from.cookies, name)) cookies[name] = from.cookies[name]!
    if (place === 'query' && Object.hasOwn(from.query, name)) query[name] = from.query[name]!
  }
  let body: unknown
  for (const { name, in: place, parameter, separator } of takes) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined
    if (value === undefined) continue
    if (place === 'body') body = value
    else if (place === 'query') query[parameter] = separator === undefined ? listOf(value) : printList(value, separator)
    else if (place === 'path') params[parameter] = print(value)
    else {
      const text = print(value)
      // What a header cannot hold nobody could have sent.
      if (/[^\t\x20-\x7e\x80-\xff]/.test(text)) faults.push({ in: `arguments.${name}`, detail: 'no header holds it' })
      else if (place === 'header') headers[parameter.toLowerCase()] = text
      else cookies[parameter] = text
    }
  }
  const path = printPath(match.segments, params, faults)
  if (faults.length > 0) throw new GatewayError('invalid-input', { faults })
  if (body !== undefined) headers['content-type'] = 'application/json'
  const { ip, id } = from
  return {
    ...{ method: match.method, path, params, query, headers, cookies, body, ip, id },
    get certificate() {
      return from.certificate
    },
  }
}

function printPath(segments: readonly MatchSegment[], params: Readonly<Record<string, string>>, faults: InputFault[]) {
  const printed = segments.map((segment) => {
    if (segment.kind === 'literal') return segment.text
    const value = params[segment.name] ?? ''
    const isLost = value === '' && segment.kind === 'parameter'
    if (isLost || isUnsafePath(value) || !value.isWellFormed())
      faults.push({ in: `arguments.${segment.name}`, detail: isLost ? 'it is missing' : 'no path holds it' })
    else if (segment.kind === 'parameter') return encodeURIComponent(value)
    return value.isWellFormed() ? value.split('/').map(encodeURIComponent).join('/') : ''
  })
  return `/${printed.join('/')}`
}

function print(value: unknown): string {
  return typeof value === 'string' ? value : printJson(value)
}

function listOf(value: unknown): string | string[] {
  return Array.isArray(value) ? value.map(print) : print(value)
}

function printList(value: unknown, separator: string): string {
  return [listOf(value)].flat().join(separator)
}
