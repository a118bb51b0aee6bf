import { type Automaton, TooComplex } from './automaton.ts'

const maxSteps = 300_000
const maxChoices = 12

/**
 * Whether a backtracking matcher can need more than linear time on this automaton: whether the ways to read a text
 * grow with the text. They do when two different loops can read the same word, one leading into the other (Weber and
 * Seidl 1991, "IDA", which includes the exponential case). `certain` states always end in a match, so no matcher
 * comes back from them. Throws TooComplex where the answer would take too long to find.
 */
export function isAmbiguousWithoutBound(automaton: Automaton, certain: ReadonlySet<number>): boolean {
  const follow = automaton.follow.map((next) => [...next].filter((state) => !certain.has(state)))
  const masks = readAlphabet(automaton)
  const reachable = follow.map((_, state) => reach(state, follow))
  const loops = follow.map((_, state) => state).filter((state) => reachable[state]!.has(state))

  // Choices outside loops multiply too: `a?a?a?…` is linear in the text, but exponential in the pattern.
  const choices = follow.filter((next) => next.some((a, i) => next.some((b, j) => j > i && masks[a]! & masks[b]!)))
  let steps = 0
  const meet = (p: number, q: number): boolean => {
    const seen = new Set<number>()
    const size = follow.length
    const queue = [[p, p, q] as const]
    for (const [x, y, z] of queue) {
      for (const nextX of follow[x]!) {
        if (!reachable[nextX]!.has(p)) continue
        for (const nextY of follow[y]!) {
          const both = masks[nextX]! & masks[nextY]!
          if (!both || !(nextY === q || reachable[nextY]!.has(q))) continue
          for (const nextZ of follow[z]!) {
            if (!(both & masks[nextZ]!) || !reachable[nextZ]!.has(q)) continue
            if (nextX === p && nextY === q && nextZ === q) return true
            const key = (nextX * size + nextY) * size + nextZ
            if (seen.has(key)) continue
            if (++steps > maxSteps) throw new TooComplex('too many overlapping repetitions')
            seen.add(key)
            queue.push([nextX, nextY, nextZ])
          }
        }
      }
    }
    return false
  }
  if (loops.some((p) => loops.some((q) => p !== q && reachable[p]!.has(q) && meet(p, q)))) return true
  if (choices.length > maxChoices) throw new TooComplex('too many overlapping choices')
  return false
}

function reach(from: number, follow: readonly (readonly number[])[]): Set<number> {
  const seen = new Set<number>()
  const queue = [from]
  for (const state of queue) {
    for (const next of follow[state]!) {
      if (seen.has(next)) continue
      seen.add(next)
      queue.push(next)
    }
  }
  return seen
}

/** Each state's set as bits, one bit for each class of characters that the pattern does not tell apart. */
function readAlphabet({ sets }: Automaton): bigint[] {
  const bounds = new Set<number>([0])
  for (const set of sets) {
    for (const [first, last] of set) {
      bounds.add(first)
      bounds.add(last + 1)
    }
  }
  const starts = [...bounds].sort((a, b) => a - b)
  return sets.map((set) =>
    starts.reduce((mask, start, bit) => {
      const within = set.some(([first, last]) => first <= start && start <= last)
      return within ? mask | (1n << BigInt(bit)) : mask
    }, 0n),
  )
}
