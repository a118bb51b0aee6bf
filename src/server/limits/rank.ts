import { normalRank } from '../../backends/admission/policy.ts'
import type { RequestParts } from '../../plan/snapshot.ts'
import type { ActiveRoute } from '../activation.ts'

/** The class of a request, as an index in `priorities`; normal where it cannot be told. */
export function rankOf({ route: { admission } }: ActiveRoute, parts: () => RequestParts): number {
  if (!admission?.rankOf) return admission?.rank ?? normalRank
  try {
    return admission.rankOf(parts())
  } catch {
    return normalRank
  }
}
