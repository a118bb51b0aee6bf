type Waits = readonly ReadonlySet<number>[]

/** For each step of a flow, the longest chain of steps that it waits for. */
export function levelsOf(waits: Waits): number[] {
  const levels: (number | undefined)[] = []
  const level = (index: number): number => {
    levels[index] ??= Math.max(-1, ...[...waits[index]!].map(level)) + 1
    return levels[index]
  }
  return waits.map((_, index) => level(index))
}

/** The same waits without those that follow from others: a waits for b and c, b waits for c: then a for b is enough. */
export function withoutShortcuts(waits: Waits): ReadonlySet<number>[] {
  const reach = (index: number): Set<number> => new Set([...waits[index]!].flatMap((next) => [next, ...reach(next)]))
  return waits.map((direct) => {
    const indirect = new Set([...direct].flatMap((next) => [...reach(next)]))
    return new Set([...direct].filter((next) => !indirect.has(next)))
  })
}
