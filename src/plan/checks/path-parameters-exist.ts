import type { Read } from '../../binding/reference.ts'
import { didYouMean } from '../../diagnostics/suggest.ts'
import { everyStep } from '../bound-route.ts'
import { everyRead } from '../reads.ts'
import type { RouteCheck } from './check.ts'

/** `request.params` holds what the route's path names. What an operation of the catalogue reads is for all routes that call it. */
export const pathParametersExist: RouteCheck = (route, { diagnostics }) => {
  const names = route.match.segments.flatMap((segment) => (segment.kind === 'literal' ? [] : [segment.name]))
  const shared = new Set<Read['reference']>()
  for (const { call } of everyStep(route.body))
    for (const read of call?.operation.reads ?? []) shared.add(read.reference)
  for (const { reference, at } of everyRead(route)) {
    if (reference.kind !== 'request' || reference.rest[0] !== 'params' || shared.has(reference)) continue
    const name = reference.rest[1]
    if (typeof name !== 'string' || names.includes(name)) continue
    const help = didYouMean(name, names) ?? `it has ${names.map((known) => `{${known}}`).join(', ') || 'none'}`
    diagnostics.add('unknown-path-parameter', `the path has no {${name}}`, at, help)
  }
}
