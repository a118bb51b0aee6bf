/** What a run is at. The last four are ends. */
export const runStates = {
  running: 'it goes on with its steps, or waits for what they called',
  compensating: 'what was done is being undone',
  parked: 'something cannot be undone, or the run cannot go on: somebody has to look',
  done: 'it ended with its answer',
  failed: 'it ended with an error, and nothing was to be undone',
  compensated: 'what it did was undone',
} as const

export type RunState = keyof typeof runStates
