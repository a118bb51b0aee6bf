import { parseCookie } from 'cookie'
import type { Position } from '../binding/shape.ts'
import type { DiagnosticCollector } from '../diagnostics/collector.ts'
import type { RequestParts } from '../plan/request-parts.ts'
import type { RouteMatch } from '../routes/match.ts'
import { declareIdentity } from './declared-schemes.ts'
import { readQuery } from './sent-call.ts'
import type { RequestDefinition } from './shape.ts'

/** What the client of a test sends: all that a route may read but the parameters of its path. */
export type TestRequest = Omit<RequestParts, 'params'>

/** The id of a request that brings none. */
const requestId = 'test'

/** Fills in what a `request:` leaves out: the route's method, its path where that has no parameters. */
export function bindRequest(
  definition: RequestDefinition,
  position: Position,
  match: RouteMatch,
  diagnostics: DiagnosticCollector,
): TestRequest {
  const isFixed = match.segments.every(({ kind }) => kind === 'literal')
  if (definition.path === undefined && !isFixed) {
    const at = position.source.locateKey(position.path)
    diagnostics.add('missing-key', '`path` is missing', at, `the route's path has parameters: ${match.path}`)
  }
  const target = definition.path ?? match.path
  const mark = target.indexOf('?')
  const headers = Object.entries(definition.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const)
  const named: Record<string, string> = Object.fromEntries(headers)
  const cookies = { ...parseCookie(named['cookie'] ?? ''), ...definition.cookies } as Record<string, string>
  if (definition.auth) declareIdentity(named, definition.auth)
  return {
    method: definition.method?.toUpperCase() ?? match.method,
    path: mark < 0 ? target : target.slice(0, mark),
    query: { ...(mark < 0 ? {} : readQuery(target.slice(mark + 1))), ...definition.query },
    headers: named,
    cookies,
    body: definition.body,
    ip: definition.ip ?? '127.0.0.1',
    id: named['x-request-id'] ?? requestId,
  }
}
