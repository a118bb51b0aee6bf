import type { Admission, Hold } from '../admission/admission.ts'
import type { Call } from '../calls/call.ts'
import type { Scope } from '../cancellation.ts'
import type { Clock } from '../clock.ts'
import type { Verdict } from '../identity/identity.ts'
import type { Schemes } from '../identity/open-scheme.ts'
import type { AggregatedRoute } from '../plan/snapshot.ts'
import type { ResponseStore } from '../stores/store.ts'
import type { Propagation, Span } from '../telemetry/span.ts'
import type { Answer, Outcome } from './outcome.ts'
import type { RouteRequest } from './route-request.ts'
import type { StagedRoutes } from './staged-route.ts'

/** Whoever sends a request, as far as stages deal with him: over a socket, or from a test. */
export interface Client {
  /** Cancelled when he goes away. */
  readonly scope: Scope
  /** The server span. */
  readonly span: Span
  /** Path and query, as they came. */
  readonly target: string
  /** What goes on with every call that is made for him. */
  propagation(): Propagation
  /** Adds to what his answer carries, whatever it is: names and values in turn. */
  addHeaders(headers: readonly string[]): void
  /** Told, where that is his affair, of a credential that was looked at; `count` counts it against his address. */
  readonly judged?: ((text: string, isGood: boolean, count: () => void) => void) | undefined
  /** What operations say of this very request, by the schemes that ask them: where several routes want to know, each is asked once. */
  readonly verdicts?: Map<string, Promise<Verdict>> | undefined
  /** Whether what brought his request has counted against the gateway's own limit already. */
  readonly isCounted?: boolean
  /** Whether he sends a body. */
  readonly hasBody: boolean
  /** Reads his body. Rejects where it cannot be used, or is longer than may be. */
  receiveBody(maxBytes: number): Promise<ReceivedBody>
  /** Calls back once nothing of his request takes up room any more; at once where that is so. */
  whenGone(leave: (departure: Departure) => void): void
  /** Hands the request to whoever answers it where no steps do. */
  passOn(request: RouteRequest): void
}

/** A client's body: as it came, or as who stands before the gateway in its process has read it. */
export type ReceivedBody = { readonly bytes: Uint8Array } | { readonly value: unknown }

/** How a request left. */
export interface Departure {
  /** Whether all of its answer was taken, and that is no failure of a server. */
  readonly isServed: boolean
  /** What the service took for what was passed on, in milliseconds; undefined where that tells nothing of it. */
  readonly backendMs: number | undefined
}

/** What is behind a stage: the next one, at last the end of the route. Throws or rejects with a GatewayError. */
export type Handle = (request: RouteRequest, client: Client) => Outcome | Promise<Outcome>

/** What stages are opened with. What is shared is held until the route is released. */
export interface StageParts {
  readonly clock: Clock
  readonly admission: Admission
  readonly schemes: Schemes
  readonly store: ResponseStore
  readonly metrics: StageMetrics
  readonly hold: Hold
  /** Undefined where nobody is told. */
  readonly lineageOf?: LineageOf | undefined
  /** What schemes ask, by their names; undefined where nobody is asked, and a test says who asks. */
  readonly questions?: ReadonlyMap<string, Call> | undefined
}

/** Tells of each answer of a route where its members come from. */
export type LineageOf = (route: AggregatedRoute) => (answer: Answer) => unknown

export interface StageMetrics {
  countRouteCache(route: string, result: 'hit' | 'miss' | 'stored'): void
}

/** Something that a request passes before it is answered, and its answer on the way back: one file, one line in the list. */
export interface Stage<Kind extends keyof StagedRoutes = keyof StagedRoutes> {
  readonly name: string
  readonly on: readonly Kind[]
  /** Opens it for a route; undefined where the route declares nothing of it: then it is not in its chain. */
  readonly open: (route: StagedRoutes[Kind], parts: StageParts) => ((next: Handle) => Handle) | undefined
}

/** Defines a stage; `on` says which kinds of routes `open` is given. */
export function defineStage<const Kind extends keyof StagedRoutes>(stage: Stage<Kind>): Stage {
  // Nothing opens it for another kind: `openPipeline` asks `on` first.
  return stage as unknown as Stage
}

/** Does something with what is behind, at once where that is there. */
export function andThen(
  outcome: Outcome | Promise<Outcome>,
  then: (outcome: Outcome) => Outcome,
): Outcome | Promise<Outcome> {
  return outcome instanceof Promise ? outcome.then(then) : then(outcome)
}
