/** What a run is at. */
export const runStates = {
  pending: 'it is recorded, and waits for a place in the queue of its route',
  running: 'it goes on with its steps, or waits for what they called',
  waiting: 'nothing of it is under way: it waits for a time, a signal or a callback',
  paused: 'somebody stopped it: what was under way is recorded as it ends, and nothing begins',
  compensating: 'what was done is being undone',
  parked: 'something cannot be undone, or the run cannot go on: somebody has to look',
  done: 'it ended with its answer',
  failed: 'it ended with an error, and nothing was to be undone',
  compensated: 'it ended with an error, and what it did was undone',
  cancelled: 'somebody ended it, and what it did was undone',
} as const

export type RunState = keyof typeof runStates

/** Those that nothing follows. */
export const endStates = ['done', 'failed', 'compensated', 'cancelled'] as const satisfies readonly RunState[]

export type EndState = (typeof endStates)[number]

export function isEnd(state: RunState): state is EndState {
  return (endStates as readonly RunState[]).includes(state)
}

/** Ways from one state to the next. */
export interface Transition {
  /** `begin`: the run is new. */
  readonly from: readonly (RunState | 'begin')[]
  readonly to: readonly RunState[]
  /** What causes it. */
  readonly by: string
}

/** Those in which steps, or what undoes them, go on. */
const active = ['running', 'waiting', 'compensating'] as const
const stopped = ['paused', 'parked'] as const

/** All that may become of a run: there are no other ways. */
export const transitions: readonly Transition[] = [
  { from: ['begin'], to: ['pending'], by: 'it is recorded, and no place of its queue is free' },
  { from: ['begin', 'pending'], to: ['running'], by: 'it is recorded, and has a place' },
  { from: ['running', 'compensating'], to: ['waiting'], by: 'nothing is left but waits' },
  { from: ['waiting'], to: ['running'], by: 'what it waited for came' },
  { from: ['running', 'waiting'], to: ['compensating'], by: 'an error, `compensate`, cancel, or a call left behind' },
  { from: ['compensating'], to: ['running'], by: 'that is undone, and its steps go on' },
  { from: ['pending', ...active, 'parked'], to: ['paused'], by: 'pause' },
  { from: ['paused'], to: [...active, 'parked'], by: 'resume, or cancel' },
  {
    from: ['pending', ...active],
    to: ['parked'],
    by: 'a call cannot be undone, its plan cannot go on, or it ended its gateway five times',
  },
  { from: ['parked'], to: active, by: 'each was retried or marked done; a reload or a restart lets it go on' },
  { from: [...active, ...stopped], to: ['done'], by: 'its answer is there, and nothing is being undone any more' },
  { from: [...active, ...stopped], to: ['failed'], by: 'an error that nothing handled, and nothing was undone' },
  { from: [...active, ...stopped], to: ['compensated'], by: 'an error that nothing handled, and all is undone' },
  { from: ['pending', ...active, ...stopped], to: ['cancelled'], by: 'cancel, and all is undone' },
]

/** Whether a run may go from one state to another at once. */
export function mayFollow(from: RunState | 'begin', to: RunState): boolean {
  return transitions.some((one) => one.from.includes(from) && one.to.includes(to))
}
