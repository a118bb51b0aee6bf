import { setTimeout as sleep } from 'node:timers/promises'
import pg, { type PoolClient, type PoolConfig } from 'pg'

const connections = 20
const connectTimeoutMs = 5000
/** A server that says nothing for so long while a query is under way is gone; TCP alone would wait for a quarter of an hour. */
const silentMs = 30_000

/** Between two attempts of who waits for the database. */
const lookMs = 250

/** What each session is told: a transaction that its gateway left open, and a statement that nobody waits for, end. */
const sessionOptions = '-c idle_in_transaction_session_timeout=10s'

/** States of a server that a failover or an operator brings about, and that pass. */
const passing = new Set(['25006', '55P03', '58000', '58030', '58P01'])

/** Where a pool connects to, and as whom. */
export type PoolTarget = Pick<PoolConfig, 'host' | 'port' | 'user' | 'password' | 'database' | 'ssl' | 'max'>

/**
 * A pool for DBOS, which repeats what failed while the database was away, and ends a run for every other failure. So
 * what passes has to look like the former: a socket file that is not there yet, a password that is being changed, a name
 * that has no address, a server that became a standby. No statement has a time limit of its own, for DBOS takes one that
 * was cut for failed.
 */
export class JournalPool extends pg.Pool {
  readonly #warn: (message: string) => void
  /** Whether who wants a connection waits until there is one. */
  isPatient = false
  #isFailing = false

  constructor(target: PoolTarget, warn: (message: string) => void) {
    super({
      max: connections,
      ...target,
      application_name: applicationName,
      options: sessionOptions,
      connectionTimeoutMillis: connectTimeoutMs,
      idleTimeoutMillis: 60_000,
      keepAlive: true,
      keepAliveInitialDelayMillis: 5000,
      Client: JournalClient,
    } as PoolConfig)
    this.#warn = warn
    // A connection nobody is using broke: the next one who wants one gets another.
    this.on('error', () => {})
    this.on('connect', endWhenSilent)
  }

  override connect(): Promise<PoolClient>
  override connect(callback: ConnectCallback): void
  override connect(callback?: ConnectCallback): unknown {
    const connecting = this.#connect()
    return callback
      ? connecting.then(
          (client) => callback(undefined, client, (release) => client.release(release)),
          (thrown) => callback(thrown as Error, undefined, () => {}),
        )
      : connecting
  }

  async #connect(): Promise<PoolClient> {
    for (;;) {
      try {
        const client = await super.connect()
        if (this.#isFailing) this.#warn('the journal of durable runs can be reached again')
        this.#isFailing = false
        return client
      } catch (thrown) {
        if (this.ending) throw thrown
        if (!this.#isFailing) this.#warn(`the journal of durable runs cannot be reached: ${reasonOf(thrown)}`)
        this.#isFailing = true
        if (!this.isPatient) throw away(thrown as Error)
      }
      await sleep(lookMs, undefined, { ref: false })
    }
  }
}

/** Gateways are told by it, by those who look who is connected. */
export const applicationName = 'tessera'

type ConnectCallback = (
  error: Error | undefined,
  client: PoolClient | undefined,
  done: (release?: Error | boolean) => void,
) => void

type QueryCallback = (error: unknown, result?: unknown) => void

class JournalClient extends pg.Client {
  /** By a promise as DBOS asks, or by a callback as the pool does. */
  override query(...parameters: unknown[]): never {
    const ask = super.query as (...all: unknown[]) => unknown
    const callback = parameters.at(-1)
    if (typeof callback === 'function') {
      const told: QueryCallback = (error, result) => (callback as QueryCallback)(error && this.#judge(error), result)
      return ask.call(this, ...parameters.slice(0, -1), told) as never
    }
    const answer = ask.apply(this, parameters)
    const judge = (thrown: unknown) => {
      throw this.#judge(thrown)
    }
    return (answer instanceof Promise ? answer.catch(judge) : answer) as never
  }

  #judge(thrown: unknown): unknown {
    if (!passing.has(String((thrown as { code?: unknown }).code))) return thrown
    // The next connection may be to another server.
    streamOf(this)?.destroy()
    return away(thrown as Error)
  }
}

/** What DBOS repeats. */
function away(cause: Error): Error {
  return Object.assign(new Error(`the database is away: ${reasonOf(cause)}`, { cause }), { code: 'ECONNREFUSED' })
}

/** What went wrong, without what a server says beside it: that may quote a row. */
export function reasonOf(thrown: unknown): string {
  const { code, message, errors } = thrown as { code?: unknown; message?: string; errors?: readonly unknown[] }
  if (errors?.length) return reasonOf(errors[0])
  return [code, message].filter((part) => typeof part === 'string' && part !== '').join(': ') || 'unknown'
}

interface Stream {
  setTimeout(ms: number, callback: () => void): void
  destroy(error?: Error): void
}

function streamOf(client: unknown): Stream | undefined {
  return (client as { connection?: { stream?: Stream } }).connection?.stream
}

function endWhenSilent(client: PoolClient): void {
  const stream = streamOf(client)
  stream?.setTimeout(silentMs, () => {
    const isAsking = (client as { readyForQuery?: boolean }).readyForQuery === false
    if (isAsking) stream.destroy(new Error('connection timeout'))
  })
}
