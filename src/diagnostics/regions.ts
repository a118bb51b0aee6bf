import type { Location } from './diagnostic.ts'

/** Stretches of files, of which any two lie apart or one inside the other, as those of values do. */
export class Regions {
  /** The outermost of each file, in their order. */
  readonly #byFile = new Map<string, Location[]>()

  constructor(regions: readonly Location[]) {
    const inOrder = regions.toSorted((a, b) => compareStarts(a, b) || compareEnds(b, a))
    for (const region of inOrder) {
      const outermost = this.#byFile.get(region.file)
      if (!outermost) this.#byFile.set(region.file, [region])
      else if (!covers(outermost.at(-1)!, region)) outermost.push(region)
    }
  }

  /** Whether a place begins in one of them. */
  contain(place: Location): boolean {
    const outermost = this.#byFile.get(place.file) ?? []
    let low = 0
    let high = outermost.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (compareStarts(outermost[middle]!, place) <= 0) low = middle + 1
      else high = middle
    }
    const before = outermost[low - 1]
    return before !== undefined && covers(before, place)
  }
}

/** For a region that begins no later. */
function covers(region: Location, { line, column }: Location): boolean {
  return line < region.endLine || (line === region.endLine && column < region.endColumn)
}

function compareStarts(a: Location, b: Location): number {
  return a.line - b.line || a.column - b.column
}

function compareEnds(a: Location, b: Location): number {
  return a.endLine - b.endLine || a.endColumn - b.endColumn
}
