export type Thoroughness = 'quick' | 'usual' | 'full'

/** Where a promise is looked at: how thoroughly, and what has to be ended afterwards. */
export interface Scene {
  /** A few seconds where it would be minutes. */
  readonly isQuick: boolean
  /** The first in a quick run, the second in a usual one; the third where nobody minds how long it takes. */
  pick<Value>(quick: Value, usual: Value, full?: Value): Value
  /** What is chosen by chance follows from it. */
  readonly seed: number
  /** Kinds of what is chosen by chance that are left out. */
  readonly without: ReadonlySet<string>
  tell(line: string): void
  /** Runs when the promise has been looked at, the last one first. */
  whenDone(end: () => unknown): void
}

/** What is chosen by chance, and what of it not. */
export interface Chance {
  readonly seed: number
  readonly without: readonly string[]
}

/** Gives `work` a scene and ends all that was started in it. */
export async function withScene<Result>(
  thoroughness: Thoroughness,
  tell: (line: string) => void,
  work: (scene: Scene) => Promise<Result>,
  { seed, without }: Chance = { seed: 1, without: [] },
): Promise<Result> {
  const ends: (() => unknown)[] = []
  try {
    return await work({
      isQuick: thoroughness === 'quick',
      pick: (quick, usual, full = usual) => ({ quick, usual, full })[thoroughness],
      seed,
      without: new Set(without),
      tell,
      whenDone: (end) => void ends.push(end),
    })
  } finally {
    for (const end of ends.reverse()) await end()
  }
}
