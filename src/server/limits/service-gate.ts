import type { Admission, Hold } from '../../backends/admission/admission.ts'
import { normalRank } from '../../backends/admission/policy.ts'
import { takeTurn } from '../../backends/admission/turn.ts'
import type { PassthroughRoute } from '../../plan/snapshot.ts'
import type { Document } from '../../values/document.ts'
import { takePlace } from './places.ts'
import type { Stage, Visit } from './stage.ts'

/**
 * What stands before the service of a `proxy:` route: its rate, then its bulkhead, which are those of its calls. A place
 * is kept until the answer has ended, or the tunnel.
 */
export function guardService({ service, admission }: PassthroughRoute, opener: Admission, hold: Hold): Stage[] {
  const { bulkhead, rate } = opener.openService(service, hold)
  const stages: Stage[] = []
  if (rate) {
    const keyOf = service.limit?.keyOf
    stages.push((visit) => takeTurn(rate, keyOf?.(documentOf(visit)) ?? '', visit, visit.exchange.serving.clock))
  }
  if (bulkhead) {
    const clientOf = service.bulkhead?.clientOf
    stages.push(
      takePlace(bulkhead, {
        rankOf: ({ request }) => admission?.rankOf?.(request) ?? admission?.rank ?? normalRank,
        clientOf: (visit) => clientOf?.(documentOf(visit)) ?? '',
        tookMs: ({ backendMs }) => backendMs,
      }),
    )
  }
  return stages
}

/** What a service counts by, of a request that is passed through: it has no colors, so all who differ by one are one. */
function documentOf({ request }: Visit): Document {
  return { request: request as unknown as Document['request'], steps: {} }
}
