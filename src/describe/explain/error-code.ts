import { everyStep } from '../../plan/bound-route.ts'
import type { Snapshot } from '../../plan/snapshot.ts'
import { printPlace } from './places.ts'

/** An error code of a project's own: who gives it, who handles it. Plain data (`--format json`). */
export interface ErrorCodeExplanation {
  readonly code: string
  readonly raisedBy: readonly Raiser[]
  readonly handledBy: readonly { readonly route: string; readonly at: string }[]
}

export interface Raiser {
  /** `users.session answers 401`, or `throw in mobile-home`. */
  readonly what: string
  readonly at: string
}

/** Every code that `errors:` of an operation or a throw names. */
export function listErrorCodes(snapshot: Snapshot): Set<string> {
  const codes = new Set<string>()
  for (const { code } of everyRaiser(snapshot)) codes.add(code)
  return codes
}

export function explainErrorCode(code: string, snapshot: Snapshot): ErrorCodeExplanation {
  const handledBy = snapshot.routes.flatMap((route) => {
    if (route.kind !== 'aggregate') return []
    const catches = [...everyStep(route.bound.body)].flatMap((step) => step.catches ?? [])
    return catches.filter((entry) => entry.code === code).map(({ at }) => ({ route: route.name, at: printPlace(at) }))
  })
  const raisedBy = [...everyRaiser(snapshot)].filter((raiser) => raiser.code === code)
  return { code, raisedBy: raisedBy.map(({ what, at }) => ({ what, at })), handledBy }
}

function* everyRaiser({ catalogue, routes }: Snapshot): Generator<Raiser & { code: string }> {
  for (const { operations } of catalogue.values()) {
    for (const { operation } of operations.values()) {
      const { service, name, errorNames, position } = operation
      for (const [status, code] of errorNames) {
        const at = printPlace(position.source.locate([...position.path, 'errors', String(status)]))
        yield { code, what: `${service.name}.${name} answers ${status}`, at }
      }
    }
  }
  for (const route of routes) {
    if (route.kind !== 'aggregate') continue
    for (const step of everyStep(route.bound.body)) {
      for (const code of step.raises ?? []) yield { code, what: `a throw in ${route.name}`, at: printPlace(step.at) }
    }
  }
}
