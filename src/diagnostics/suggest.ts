import leven from 'leven'

/** The candidate that `name` most likely meant, or undefined when none is near. */
export function suggest(name: string, candidates: Iterable<string>): string | undefined {
  const tolerance = Math.ceil(name.length / 3)
  let best: string | undefined
  let bestDistance = tolerance + 1
  for (const candidate of candidates) {
    const distance = distanceOf(name.toLowerCase(), candidate.toLowerCase())
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** "did you mean `x`?", or undefined. */
export function didYouMean(name: string, candidates: Iterable<string>): string | undefined {
  const best = suggest(name, candidates)
  return best === undefined ? undefined : `did you mean \`${best}\`?`
}

/** Edits between two names; letters that changed places are one. */
function distanceOf(a: string, b: string): number {
  if (a.length === b.length) {
    const at = [...a].findIndex((letter, index) => letter !== b[index])
    if (at >= 0 && a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2)) return 1
  }
  return leven(a, b)
}
