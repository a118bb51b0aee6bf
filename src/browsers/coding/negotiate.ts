import { weightsOf } from '../../header-list.ts'
import type { Coding } from './compress-shape.ts'

/** What a client takes of what is offered. */
export interface Choice {
  /** Undefined: as it is. */
  readonly coding: Coding | undefined
  /** Whether the client takes what is not coded too. */
  readonly takesPlain: boolean
}

const plain: Choice = { coding: undefined, takesPlain: true }
/** Browsers of one make send one text: of those that are known so many are kept, then all are forgotten. */
const mostKnown = 64

/**
 * Compiles which coding a client gets (RFC 9110 section 12.5.3): the one that it likes most, of those alike the one that
 * stands first here. A client that says nothing gets what is not coded: what it can do is not known.
 */
export function compileNegotiation(offered: readonly Coding[]): (accepted: string | undefined) => Choice {
  const known = new Map<string, Choice>()
  return (accepted) => {
    if (accepted === undefined) return plain
    let choice = known.get(accepted)
    if (!choice) {
      choice = choose(readWeights(accepted), offered)
      if (known.size >= mostKnown) known.clear()
      known.set(accepted, choice)
    }
    return choice
  }
}

function choose(weights: ReadonlyMap<string, number>, offered: readonly Coding[]): Choice {
  const others = weights.get('*')
  // Taken unless it is excluded, by its name or with all that is not named.
  const ofPlain = weights.get('identity') ?? (others === 0 ? 0 : undefined)
  let best: Coding | undefined
  let most = 0
  for (const coding of offered) {
    const weight = weights.get(coding) ?? others ?? 0
    if (weight > most) {
      best = coding
      most = weight
    }
  }
  const likesPlainMore = weights.get('identity') !== undefined && weights.get('identity')! > most
  return { coding: likesPlainMore ? undefined : best, takesPlain: ofPlain !== 0 }
}

/** `x-gzip` is another name of `gzip` (RFC 9110 section 8.4.1.3). */
function readWeights(accepted: string): Map<string, number> {
  const weights = weightsOf(accepted)
  const other = weights.get('x-gzip')
  if (other !== undefined) weights.set('gzip', other)
  return weights
}
