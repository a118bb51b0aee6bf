/** Where a promise is looked at: how thoroughly, and what has to be ended afterwards. */
export interface Scene {
  /** A few seconds where it would be minutes. */
  readonly isQuick: boolean
  /** The first in a quick run, the second in a whole one. */
  pick<Value>(quick: Value, whole: Value): Value
  tell(line: string): void
  /** Runs when the promise has been looked at, the last one first. */
  whenDone(end: () => unknown): void
}

/** Gives `work` a scene and ends all that was started in it. */
export async function withScene<Result>(
  isQuick: boolean,
  tell: (line: string) => void,
  work: (scene: Scene) => Promise<Result>,
): Promise<Result> {
  const ends: (() => unknown)[] = []
  try {
    return await work({
      isQuick,
      pick: (quick, whole) => (isQuick ? quick : whole),
      tell,
      whenDone: (end) => void ends.push(end),
    })
  } finally {
    for (const end of ends.reverse()) await end()
  }
}
