/**
 * Something from outside that is sent to a run, wherever that is executed. Its kind says who takes it: steps that wait
 * (`signal`, `callback`), or whoever steers the run.
 */
export interface Sent {
  readonly kind: string
  /** What of that kind: of a signal its name, of a callback its place. */
  readonly name: string
  readonly body?: unknown
  /** Who sent it, for people. */
  readonly who?: string | undefined
}

/** The same as a run gets it: each once, in the order of their numbers, which begin at 1 and have no gaps. */
export interface Message extends Sent {
  readonly seq: number
}
