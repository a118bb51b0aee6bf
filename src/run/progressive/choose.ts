import { weightsOf } from '../../header-list.ts'
import { type Framing, framings } from './framing.ts'

/**
 * How a client wants the parts of a page (RFC 9110 section 12.5.1); undefined where it wants the whole: it names neither
 * format, or likes JSON more. What it takes by `*` alone it has not asked for.
 */
export function chooseFraming(accepted: string | undefined): Framing | undefined {
  if (accepted === undefined) return undefined
  const weights = weightsOf(accepted, true)
  const least = weights.get('application/json') ?? 0
  let chosen: Framing | undefined
  let most = 0
  for (const framing of framings) {
    const weight = weights.get(framing.mediaType) ?? 0
    if (weight <= most || weight < least) continue
    chosen = framing
    most = weight
  }
  return chosen
}
