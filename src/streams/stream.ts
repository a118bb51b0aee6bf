import type { LiveText } from '../environment.ts'

/** What a stream hands to a run. */
export interface StreamMessage {
  readonly id: string
  readonly key?: string | undefined
  /** Its value where it is JSON, else its text; of fields that are not ours an object of their texts. */
  readonly data: unknown
  /** Whether all in it came as texts, of which colors say what they are. */
  readonly holdsTexts: boolean
  readonly headers: Readonly<Record<string, string>>
  /** When it was written: RFC 3339. */
  readonly time: string
}

/** What is written to a stream. */
export interface NewMessage {
  /** The same each time that it is written: then it is one for whoever reads. */
  readonly id?: string | undefined
  readonly key?: string | undefined
  readonly data: unknown
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** A stream of the gateway's file. */
export interface StreamTarget {
  readonly kind: 'redis'
  readonly url: LiveText
  readonly key: string
  /** So many messages are kept, about; undefined: all. */
  readonly max: number | undefined
}

/** A message that was taken, until it is acknowledged. */
export interface Taken {
  readonly message: StreamMessage
  /** As the broker calls it. */
  readonly id: string
}

export interface Consuming {
  readonly group: string
  /** This process: another name for each. */
  readonly consumer: string
  readonly from: 'new' | 'first'
  /** How many it may take just now; 0: it is not asked. */
  readonly room: () => number
  readonly take: (taken: Taken) => void
  /** Those that were taken and are not acknowledged, by their ids: nobody else is handed them. */
  readonly held: () => readonly string[]
}

/** One stream, connected. A new kind of broker is one file that fulfils this. */
export interface Stream {
  /** Writes a message; rejects where it is not known to be written. */
  write(message: NewMessage): Promise<void>
  /** Hands out messages until it is stopped. Never ends by itself: a broker that is gone is waited for. */
  consume(consuming: Consuming): { stop(): Promise<void> }
  acknowledge(group: string, id: string): Promise<void>
  /** Messages of a group that nobody has acknowledged; undefined while the broker does not say. */
  lag(group: string): Promise<number | undefined>
  close(): Promise<void>
}
