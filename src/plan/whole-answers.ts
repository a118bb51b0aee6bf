import { safeMethods } from '../calls/methods.ts'
import type { DiagnosticCode } from '../diagnostics/codes.ts'
import type { Location } from '../diagnostics/diagnostic.ts'
import { isVarying, printOutside } from '../expressions/outside.ts'
import { type BoundRoute, everyStep, operationsOf } from './bound-route.ts'
import { everyRead } from './reads.ts'
import { findRequestReads } from './route-caching.ts'

/** A reason why the whole answers of a route may not be kept. */
export interface Unkept {
  readonly code: DiagnosticCode
  readonly message: string
  /** Undefined: where the route says that they are. */
  readonly at: Location | undefined
  readonly help?: string
}

/**
 * Why whole answers of a route may not be kept: it changes something, itself or by what it calls, or reads what no other
 * request has in common with it.
 */
export function* whyUnkept(route: BoundRoute): Generator<Unkept> {
  const { method } = route.match
  if (!safeMethods.has(method)) {
    yield { code: 'unsafe-cache', message: `a ${method} is to change something: each is carried out`, at: undefined }
    return
  }
  for (const step of everyStep(route.body)) {
    for (const operation of operationsOf(step)) {
      if (operation.safe) continue
      const { service, name } = operation
      const message = `${service.name}.${name} is a ${operation.method}, which an answer from the cache would not carry out`
      yield { code: 'unsafe-cache', message, at: step.at }
    }
  }
  for (const { what, at } of findRequestReads(route).unkeyable)
    yield { code: 'uncacheable-route', message: `the answer depends on ${what}, so it fits one request only`, at }
  for (const { reference, at } of everyRead(route)) {
    if (reference.kind !== 'outside' || !isVarying(reference.outside)) continue
    const message = `\`${printOutside(reference.outside)}\` differs from request to request, and the answers of this route are kept`
    yield { code: 'uncacheable-route', message, at, help: 'leave `cache` away, or the function' }
  }
}
