import type { GatewayError } from '../errors.ts'
import type { Route } from '../plan/snapshot.ts'

/** The path of a request as everyone may be told it. */
export function tellPath({ told, match }: Route, path: string): string {
  return told.path ? path : match.path
}

/** Where an error happened, for its problem document. */
export interface ProblemContext {
  /** Path of the request, or its route's template where the path is not for everyone. */
  readonly path: string
  /** Name of the route, if one matched. */
  readonly route: string | undefined
  readonly traceId: string
}

export const problemType = 'application/problem+json; charset=utf-8'

/**
 * An error as RFC 9457 has it. Only what is for clients goes in: no cause, nothing a backend answered, no address, no
 * certificate, nothing of the configuration but the names of route and step.
 */
export function printProblem(error: GatewayError, { path, route, traceId }: ProblemContext): string {
  const { code, title, status, toldDetail, step, faults } = error
  return JSON.stringify({
    type: `urn:tessera:error:${encodeURIComponent(code)}`,
    title,
    status,
    detail: toldDetail,
    instance: toUriReference(path),
    code,
    step,
    route,
    traceId,
    errors: faults,
  })
}

/** A path as a URI reference (RFC 3986): what cannot stand in one is escaped, and no path begins an authority. */
function toUriReference(path: string): string {
  const escaped = path
    .toWellFormed()
    .replace(/%(?![0-9A-Fa-f]{2})|[^\w.~!$&'()*+,;=:@/%-]/gu, (character) => encodeURIComponent(character))
  return escaped.startsWith('//') ? `/.${escaped}` : escaped
}
