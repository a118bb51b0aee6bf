/** Begins the runs of one route, each once. */
export interface TriggeredRuns<Occasion> {
  /**
   * Begins a run under an id that no other ever has; resolves once it is recorded. Undefined where there is such a run, or was.
   * Rejects where it cannot be recorded now, with `invalid-input` where it never can.
   */
  begin(id: string, occasion: Occasion): Promise<Begun | undefined>
}

export interface Begun {
  /** Resolves when nothing of it goes on here. */
  readonly ended: Promise<unknown>
}

/** As ids and inputs have a moment: RFC 3339, without what is nothing. */
export function printMoment(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z')
}
