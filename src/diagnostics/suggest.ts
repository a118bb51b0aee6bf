import leven from 'leven'

/** The candidate that `name` most likely meant, or undefined when none is near. */
export function suggest(name: string, candidates: Iterable<string>): string | undefined {
  // Two letters say too little: only when they changed places.
  const tolerance = name.length < 3 ? 0.5 : Math.ceil(name.length / 3)
  const wanted = name.toLowerCase()
  let best: string | undefined
  let bestCloseness = Number.POSITIVE_INFINITY
  for (const candidate of candidates) {
    const bound = Math.min(tolerance, bestCloseness)
    if (Math.abs(candidate.length - name.length) > bound) continue
    const distance = distanceOf(wanted, candidate.toLowerCase(), Math.floor(bound) + 1)
    // Of two that are as near, the one that begins alike.
    const closeness = distance + (candidate[0] === name[0] ? 0 : 0.1)
    if (distance > tolerance || closeness >= bestCloseness) continue
    best = candidate
    bestCloseness = closeness
  }
  return best
}

/** Whether a name is another but for one letter, or two that changed places; capitals, `-` and `_` do not count. */
export function isSlipOf(name: string, meant: string): boolean {
  const [written, wanted] = [name, meant].map((one) => one.toLowerCase().replaceAll(/[-_]/g, ''))
  return distanceOf(written!, wanted!, 2) <= 1
}

const maxListed = 20

/** "a, b, c"; of many names the first, and how many more. */
export function listNames(names: Iterable<string>): string {
  const all = [...names]
  const more = all.length - maxListed
  return more > 0 ? `${all.slice(0, maxListed).join(', ')} and ${more} more` : all.join(', ') || 'none'
}

/** "did you mean `x`?", or undefined. */
export function didYouMean(name: string, candidates: Iterable<string>): string | undefined {
  const best = suggest(name, candidates)
  return best === undefined ? undefined : `did you mean \`${best}\`?`
}

/** Edits between two names; two letters that changed places are half of one. More than `max` are only told to be so many. */
function distanceOf(a: string, b: string, max: number): number {
  if (a.length === b.length) {
    let at = 0
    while (at < a.length && a[at] === b[at]) at += 1
    if (at < a.length && a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2)) return 0.5
  }
  return leven(a, b, { maxDistance: max })
}
