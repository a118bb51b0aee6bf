import type { Message, Sent } from '../inbox/message.ts'
import type { EndState, RunState } from '../state.ts'

/** What is known of a run beside its journal, for whoever asks for it from outside. Times are epoch milliseconds. */
export interface RunRecord {
  readonly id: string
  readonly route: string
  /** By its hash. */
  readonly plan: string
  /** Who began it; undefined where nobody proved who he is. */
  readonly by: string | undefined
  /** A digest of the request that began it, where a key did. */
  readonly request: string | undefined
  readonly state: RunState
  /** When it came to that state. */
  readonly since: number
  readonly startedAt: number
  readonly endedAt: number | undefined
  /** What it came to, as whoever executes routes prints it. */
  readonly answer: string | undefined
}

export interface NewRun extends Pick<RunRecord, 'id' | 'route' | 'plan' | 'by' | 'request'> {
  /** What the client calls it by: one run for one of a route and of one `by`. Kept as a digest. */
  readonly key: string | undefined
  readonly at: number
}

/** A key that came again gives the run that has it. */
export type Claim = { readonly isNew: true } | { readonly isNew: false; readonly run: RunRecord }

export interface RunEnding {
  readonly state: EndState
  readonly at: number
  readonly answer: string | undefined
  /** Until when what is kept of it is. */
  readonly expiresAt: number
  /** Whether its journal is kept as long, and not dropped at once. */
  readonly keepsJournal: boolean
}

export interface RunFilter {
  readonly states?: readonly RunState[]
  readonly route?: string
  /** Epoch milliseconds: those that were recorded before it. */
  readonly before?: number
  /** As the client gave it. */
  readonly key?: string
  /** Those that a list which ended with this one goes on with. */
  readonly behind?: Pick<RunRecord, 'id' | 'startedAt'>
  readonly limit?: number
}

/** What became of a run that is to be forgotten; one that is open is not. */
export type Purge = 'purged' | 'open' | 'unknown-run'

/** What became of something that was sent to a run. */
export type Delivery = { readonly seq: number } | 'unknown-run' | 'ended'

/** The same of a signal: `unknown-signal` is none that its plan waits for, and faults are the sender's. */
export type SignalDelivery = Delivery | 'unknown-signal' | { readonly faults: readonly string[] }

/** The records of all runs, and what was sent to them: for all gateways that share a store. */
export interface RunRecords {
  /** Records a run as `pending`, before anything of it begins. */
  claim(run: NewRun): Promise<Claim>
  /** Takes a claim back, of a run that did not begin: its key is free again. */
  discard(id: string): Promise<void>
  find(id: string): Promise<RunRecord | undefined>
  /** The newest first. */
  list(filter: RunFilter): Promise<readonly RunRecord[]>
  /** It came to a state that is no end. */
  enter(id: string, state: RunState, at: number): Promise<void>
  /** It ended; the same again changes nothing. */
  end(id: string, ending: RunEnding): Promise<void>
  /** From now on nobody finds it: it ended, and is forgotten before its time. */
  purge(id: string): Promise<Purge>
  /** Puts something into the inbox of a run, and tells whoever executes it. */
  send(id: string, sent: Sent, at: number): Promise<Delivery>
  /** What was sent to runs behind the messages of which they know, in order. */
  read(after: ReadonlyMap<string, number>): Promise<readonly (readonly [run: string, message: Message])[]>
}

export const defaultLimit = 100
