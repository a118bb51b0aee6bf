/** How far a trigger has come, in milliseconds since the epoch: all gateways of a store go by it. */
export interface Mark {
  /** All that was due until then is dealt with. */
  readonly doneMs: number
  /** For what it began a run last. */
  readonly firedMs?: number | undefined
  /** What was due and waits for the run before it. */
  readonly waitingMs: readonly number[]
}

/** Where that is kept. Waits for a store that is gone. */
export interface Marks {
  read(route: string): Promise<Mark | undefined>
  write(route: string, mark: Mark): Promise<void>
}

/** For tests. */
export function marksInMemory(): Marks {
  const marks = new Map<string, Mark>()
  return {
    read: async (route) => marks.get(route),
    write: async (route, mark) => void marks.set(route, mark),
  }
}
