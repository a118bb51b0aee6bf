import leven from 'leven'

/** The candidate that `name` most likely meant, or undefined when none is near. */
export function suggest(name: string, candidates: Iterable<string>): string | undefined {
  // Two letters say too little: only when they changed places.
  const tolerance = name.length < 3 ? 0.5 : Math.ceil(name.length / 3)
  let best: string | undefined
  let bestCloseness = Number.POSITIVE_INFINITY
  for (const candidate of candidates) {
    const distance = distanceOf(name.toLowerCase(), candidate.toLowerCase())
    // Of two that are as near, the one that begins alike.
    const closeness = distance + (candidate[0] === name[0] ? 0 : 0.1)
    if (distance > tolerance || closeness >= bestCloseness) continue
    best = candidate
    bestCloseness = closeness
  }
  return best
}

/** "did you mean `x`?", or undefined. */
export function didYouMean(name: string, candidates: Iterable<string>): string | undefined {
  const best = suggest(name, candidates)
  return best === undefined ? undefined : `did you mean \`${best}\`?`
}

/** Edits between two names; two letters that changed places are half of one. */
function distanceOf(a: string, b: string): number {
  if (a.length === b.length) {
    const at = [...a].findIndex((letter, index) => letter !== b[index])
    if (at >= 0 && a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2)) return 0.5
  }
  return leven(a, b)
}
