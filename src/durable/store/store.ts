import type { Pool } from 'pg'
import type { Clock } from '../../clock.ts'
import type { Lease, LeaseOptions } from './lease.ts'
import type { Listener } from './listener.ts'

/** Where runs are kept. Whoever has it opened closes it, after DBOS. */
export interface DurableStore {
  /** What DBOS takes as `systemDatabasePool`. */
  readonly pool: Pool
  /** What DBOS takes as `serializer`. */
  readonly serializer: JournalSerializer
  readonly isEncrypted: boolean
  /** Takes the lease of this process, which whoever executes runs has to have. */
  holdLease(options: LeaseOptions): Promise<Lease>
  /** Hears what others tell on a channel, as far as the database lets it. */
  listen(channel: string, clock: Clock, heard: (text: string) => void): Listener
  /** For people: where it is, without a password. */
  readonly describe: string
  /** What is lost by which event, a sentence each, for the start and `/readyz?verbose`. */
  readonly limits: readonly string[]
  /** Whether several gateways may use it. */
  readonly isShared: boolean
  close(): Promise<void>
}

/** How texts of the journal are kept: DBOS's `DBOSSerializer`. */
export interface JournalSerializer {
  name(): string
  stringify(value: unknown): string
  parse(text: string | null | undefined): unknown
}

/** Why a store cannot be opened, in words for people. */
export class DurableStoreError extends Error {
  override readonly name = 'DurableStoreError'
  readonly help: string | undefined

  constructor(message: string, options: { readonly help?: string; readonly cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.help = options.help
  }
}
