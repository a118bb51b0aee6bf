import type { CallRecorder } from '../calls/recorder.ts'
import type { Scope } from '../cancellation.ts'

/** How a call is undone. */
export interface Undo {
  /** What people call the call. */
  readonly step: string
  /** Makes the call that undoes it, once. */
  readonly send: (recorder: Recorder, scope: Scope) => Promise<unknown>
  /** How often it is tried, and how long it waits in between. */
  readonly attempts: number
  readonly delayMs: (attempt: number) => number
}

/** What a step waits for, by the kind and name under which it is sent. */
export interface Awaited {
  readonly kind: string
  readonly name: string
}

/**
 * Through what the steps of a durable run do all that must not be done twice, or that may come out otherwise the next time:
 * calls, waits, choices. After a restart the same steps run again, and are given what was recorded.
 */
export interface Recorder extends CallRecorder {
  /** The same in one turn of a loop. */
  turn(index: number): Recorder
  /** The same in a part whose calls can be undone by themselves. */
  group(): Recorder
  /** A choice between ways: the one that was taken before, where it was. */
  choose<Choice extends number | boolean>(place: string, decide: () => Choice): Choice
  wait(place: string, ms: number, scope: Scope): Promise<void>
  /** Writes a message, which has an id of its own, again and again until it is written. */
  emit(place: string, send: (id: string) => Promise<void>, scope: Scope): Promise<void>
  /** The next of what is sent to the run under a name; undefined where nothing came in time. */
  receive(
    place: string,
    what: Awaited,
    withinMs: number,
    scope: Scope,
  ): Promise<{ readonly body?: unknown } | undefined>
  /** From now on the call of a place can be undone. */
  mayUndo(place: string, undo: Undo): void
  /** The run goes on behind the call of a place: is it not known how that ended, it is undone. */
  leaveBehind(place: string): void
  /** The run goes on without the calls of this group: those that may have done something are undone. */
  abandon(): void
  /** Undoes calls of this group, the last one first; `none`: they stand. Ends when all of them are undone. */
  compensate(which: 'all' | 'none' | readonly string[]): Promise<void>
}
