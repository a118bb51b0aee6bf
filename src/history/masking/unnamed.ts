import { areasOf, type Read } from '../../binding/reference.ts'
import { covers } from '../../expressions/area.ts'
import { areaInRequest, areaInResponse } from '../../operations/locator.ts'
import { answersOf, type BoundRoute, everyStep, operationsOf } from '../../plan/bound-route.ts'
import type { TracedMark } from '../../plan/marks.ts'
import { everyRead } from '../../plan/reads.ts'
import { isCredential, type Sensitivity } from '../../redaction.ts'

/** How much of a value may be kept; `unnamed`: no color says, and its type and size are. */
export type Keeping = Sensitivity | 'unnamed'

/** A place that a route reads and no color names. */
export interface UnnamedMark extends TracedMark {
  readonly keeping: Keeping
}

/** What a route reads of requests and answers beside its colors. */
export function findUnnamed(route: BoundRoute): UnnamedMark[] {
  const named = [
    ...route.inputs.map(({ locator }) => areaInRequest(locator)),
    ...[...everyStep(route.body)].flatMap((step) =>
      operationsOf(step)
        .flatMap(answersOf)
        .map(({ locator }) => ['steps', step.record ?? step.name, ...areaInResponse(locator)]),
    ),
  ]
  return everyRead(route).flatMap((read) => {
    const keeping = keepingOf(read)
    if (keeping === undefined || read.asked) return []
    return areasOf(read).flatMap((area) => {
      if (named.some((owner) => covers(owner, area))) return []
      const color = area.map((step) => step ?? '*').join('.')
      return [{ area, origin: { color, from: undefined, at: read.at }, keeping }]
    })
  })
}

function keepingOf({ reference }: Read): Keeping | undefined {
  if (reference.kind === 'everything') return 'secret'
  if (reference.kind === 'step') return stepKeeping(reference.rest[0])
  if (reference.kind === 'local') return reference.name === 'error' ? 'unnamed' : undefined
  if (reference.kind !== 'request') return undefined
  const [part, name] = reference.rest
  switch (part) {
    case 'method':
    case 'id':
      return undefined
    case 'auth':
      return name === 'scheme' || name === 'roles' || name === 'scopes' || name === 'expires' ? undefined : 'pii'
    case 'claims':
    case 'ip':
      return 'pii'
    case 'query':
    case 'params':
    case 'path':
    case 'body':
    case 'raw':
      return 'unnamed'
    case 'headers':
      return name === undefined || isCredential(String(name)) ? 'secret' : 'unnamed'
    default:
      return 'secret'
  }
}

/** Status, source, time and the like of a call are nobody's secret. */
function stepKeeping(member: string | number | undefined): Keeping | undefined {
  const isTold = ['status', 'source', 'error', 'ms', 'attempts'].includes(String(member))
  return isTold ? undefined : 'unnamed'
}
