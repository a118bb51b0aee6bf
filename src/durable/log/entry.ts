import type { Message } from '../inbox/message.ts'

/**
 * What is recorded of a run, in the order in which it was. A place is a step of the plan, in a turn of its loops:
 * `charge`, `notify:2`, `charge:compensate`.
 */
export type Entry =
  /** An execution of the run begins, the first one or one after a restart. */
  | { readonly kind: 'began'; readonly at: number }
  /** It was given up in peace, so that another can go on. */
  | { readonly kind: 'released' }
  /** It goes on where it had stood still, not knowing whether another executes it. */
  | { readonly kind: 'resumed' }
  /** A call is about to go out; a wait until `until` begins. */
  | { readonly kind: 'intent'; readonly place: string; readonly until?: number }
  /** What came of it. */
  | Happening
  | Received
  | { readonly kind: 'choice'; readonly place: string; readonly choice: number | boolean }
  /** Nothing more is tried by itself to undo a call. */
  | { readonly kind: 'parked'; readonly place: string }

/** Something from outside that the run was told, when it was. */
export interface Happening {
  readonly kind: 'happened'
  readonly place: string
  /** Milliseconds since the epoch: `now()` from here on. */
  readonly at: number
  readonly said: unknown
}

/** Something that was sent to the run, when it was told. */
export interface Received {
  readonly kind: 'received'
  readonly at: number
  readonly message: Message
}

/** What is written at once. */
export type Batch = readonly Entry[]
