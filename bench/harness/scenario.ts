/** What the referee measures, as data: backends, servers in front of them, and what is compared. */
export interface Scenario {
  readonly name: string
  /** What it shows, in a sentence without a full stop. */
  readonly title: string
  readonly bodies: Bodies
  /** Services that answer 503 to everything. */
  readonly failing?: readonly string[]
  readonly variants: readonly Variant[]
  readonly comparisons: readonly Comparison[]
  /** Its part in a quick run, which leaves out the scenarios that have none. */
  readonly quick?: { readonly rounds: number; readonly variants: readonly string[] }
}

/**
 * What the backends answer: bodies by service, then by path, whatever the query; one with a query is the answer to that
 * query alone, letter by letter.
 */
export type Bodies = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/** A server that answers a page. */
export interface Variant {
  /** Unique in its scenario. */
  readonly name: string
  readonly title: string
  readonly page: Page
  /** Says what to start at a place that has been made for it. */
  readonly launch: (place: Place) => Command
  /** Why it cannot run on this machine. */
  readonly findObstacle?: () => string | undefined
  /** Builds what it needs, once a run, which may take a minute; gives why it could not. */
  readonly prepare?: () => Promise<string | undefined>
  /** Whether it must send spans while it is measured. */
  readonly sendsSpans?: boolean
  /** Of a gateway: where its configuration comes from. */
  readonly config?: ConfigSource
}

/** The request of a measurement, and what it must get. */
export interface Page {
  /** Path and query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly answer: unknown
  /** Whether the answer may say that parts of it are stand-ins. */
  readonly mayBeDegraded?: boolean
  /** Concurrent requests, fewer than the run's: for pages so dear that more would only wait. */
  readonly mostConnections?: number
}

/** Where a server starts. */
export interface Place {
  readonly port: number
  /** Empty, and gone when the server has ended. */
  readonly directory: string
  /** `BENCH_USERS_URL: http://127.0.0.1:…`; they are in the environment as well. */
  readonly urls: Readonly<Record<string, string>>
  /** Where spans may be sent by OTLP over HTTP. */
  readonly spansUrl: string
  /** What starts a gateway in place of this checkout's `tessera.js`. */
  readonly main?: string | undefined
}

export interface Command {
  readonly program: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** A gateway's file, or the texts of all its files by their place beside `gateway.yaml`. */
export type ConfigSource = string | (() => Readonly<Record<string, string>>)

/** A figure told from the CPU time a request of several variants, all of one round. */
export interface Comparison {
  /** Its key in the `ratios` of `--json`. */
  readonly name: string
  readonly title: string
  readonly variants: readonly string[]
  readonly read: (...cpuUsPerRequest: number[]) => number
  /** What it should not be above. */
  readonly aim?: number
}

/** CPU time a request of one variant over another's: below 1 the first costs less. */
export function ratio(name: string, title: string, of: string, over: string, aim?: number): Comparison {
  const read = (first: number, second: number) => first / second
  return { name, title, variants: [of, over], read, ...(aim !== undefined && { aim }) }
}
