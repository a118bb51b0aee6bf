import type { ColorDefinition } from '../binding/color.ts'
import type { TooMuchWork } from '../binding/too-much-work.ts'
import type { Browsers } from '../browsers/browsers.ts'
import type { Compression } from '../browsers/coding/compression.ts'
import type { CallSite } from '../calls/policy.ts'
import type { ServiceTarget } from '../calls/service-target.ts'
import type { GatewaySettings } from '../config/gateway.ts'
import type { ConfigTexts } from '../config/texts.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { GatewayError } from '../errors.ts'
import type { Document } from '../expressions/document.ts'
import type { WorkBudget } from '../expressions/work.ts'
import type { FormatName } from '../formats/format.ts'
import type { PolicyOrigin } from '../operations/origin.ts'
import type { RouteMatch } from '../routes/match.ts'
import type { Exit, Recover, Run } from '../steps/context.ts'
import type { AwaitedSignal } from '../steps/signal.ts'
import type { AuthWorld, RouteAccess, RouteGrants } from './access.ts'
import type { RouteAdmission } from './admission/route.ts'
import type { BoundRoute } from './bound-route.ts'
import type { Catalogue } from './catalogue.ts'
import type { ListenerTls } from './certificates.ts'
import type { DebugRule } from './debug-rule.ts'
import type { Registry } from './extensions/registry.ts'
import type { PassedRequest } from './passed-request.ts'
import type { ProgressivePage } from './progressive.ts'
import type { RequestParts } from './request-parts.ts'
import type { RouteCaching } from './route-caching.ts'
import type { RouteHeaders } from './route-headers.ts'
import type { RouteSettings } from './route-settings.ts'
import type { StandingPart } from './standing-part.ts'
import type { ToldOfRequests } from './told-of-requests.ts'

/** All that a gateway runs with, compiled and frozen: a request takes one snapshot and ends on it. */
export interface Snapshot {
  /** Hash of all the texts and environment values it was made of: twelve hex digits. */
  readonly version: string
  /** All that it was made of. */
  readonly texts: ConfigTexts
  readonly settings: GatewaySettings
  readonly routes: readonly Route[]
  /** Every place that calls a backend, route by route. */
  readonly callSites: readonly CallSite[]
  /** The dictionary and the services it was compiled from, for graph and explain. */
  readonly colors: ReadonlyMap<string, ColorDefinition>
  readonly catalogue: Catalogue
  /** Its schemes, and who may ask where nothing nearer says so. */
  readonly auth: AuthWorld
  /** Who may ask for what the gateway answers by itself; undefined where everybody may. */
  readonly ownAccess: RouteAccess | undefined
  /** Who may ask for tools. */
  readonly toolsAccess: RouteAccess | undefined
  /** Who may ask at the admin listener; undefined where nobody is asked. */
  readonly adminAccess: RouteAccess | undefined
  /** What its routes share, each by itself. */
  readonly parts: readonly StandingPart[]
  /** What its files may name: for what is bound beside them, as the mocks of tests. */
  readonly registry: Registry
  /** With what those of its listeners speak TLS that do. */
  readonly tls: readonly ListenerTls[]
}

export type Route = AggregatedRoute | PassthroughRoute

interface RouteCommon {
  readonly name: string
  readonly summary: string | undefined
  /** As the file has it: `GET /mobile/{city}`. */
  readonly match: RouteMatch
  readonly file: string
  /** Of a request's body. */
  readonly maxRequestBytes: number
  /** What every answer carries. */
  readonly headers: RouteHeaders | undefined
  /** Who may ask it; undefined where everybody may. */
  readonly access?: RouteAccess | undefined
  readonly grants?: RouteGrants | undefined
  /** Whose wishes to be recorded, and to see lineage, it heeds. */
  readonly debug?: DebugRule | undefined
  /** What stands before it; undefined where nothing does. */
  readonly admission?: RouteAdmission | undefined
  readonly told: ToldOfRequests
  /** What browsers are told; undefined where nothing is said of them. */
  readonly browsers?: Browsers | undefined
}

/** A route that aggregates: compiled to closures. */
export interface AggregatedRoute extends RouteCommon {
  readonly kind: 'aggregate'
  /** What models are told that it does; undefined where it is no tool of theirs. */
  readonly tool: string | undefined
  readonly timeoutMs: number
  /** Calls that its steps may start for one request. */
  readonly maxCalls: number
  /** Units of work for one request (expressions/work.ts). */
  readonly maxWork: number
  /** Each request is a run that is recorded; undefined where it is over with its answer. */
  readonly durable: BoundRoute['durable']
  /** The signals that its runs wait for, by their names, with what is wrong with what comes by one. */
  readonly signals?: ReadonlyMap<string, AwaitedSignal['check']> | undefined
  /** Says who is to blame for too much work: the client, a backend or the route. */
  readonly blame: (error: TooMuchWork) => GatewayError
  /** Makes the request's context. Throws `invalid-input` with every fault of the client's input. */
  readonly createDocument: (request: RequestParts, work?: WorkBudget) => Document
  /** Whether something is taken of the client's body, and whether it is sent on as it came. */
  readonly readsBody: boolean
  readonly readsRaw: boolean
  /** What it may be. */
  readonly accepts: readonly FormatName[]
  /** Pages that may send requests to it; undefined where that is not looked at. */
  readonly origins: readonly string[] | undefined
  readonly run: Run
  /** The route's own `catch`, for a response that cannot be filled. */
  readonly recover: Recover | undefined
  /** Fills the answer when the steps have ended; undefined when the route declares none (204). */
  readonly fillResponse: ((document: Document) => Exit) | undefined
  /** How its answer goes out in parts to who asks for them; undefined where it does not. */
  readonly progressive: ProgressivePage | undefined
  /** Milliseconds that a degraded answer may be cached; undefined: not at all. */
  readonly degradedMaxAgeMs: number | undefined
  /** In which codings its answers go out; undefined where in none. */
  readonly compression: Compression | undefined
  /** What is kept of whole answers; undefined where nothing is said of it. */
  readonly caching: RouteCaching | undefined
  /** Its steps in the order of the file; step metrics are told the index. */
  readonly steps: readonly StepInfo[]
  /** Every place that calls a backend; `run` knows them by index. */
  readonly callSites: readonly CallSite[]
  /** What it was compiled from, for graph and explain. */
  readonly bound: BoundRoute
}

export interface StepInfo {
  readonly name: string
  readonly kind: string
}

/** A route that hands the request to a service as it is. */
export interface PassthroughRoute extends RouteCommon {
  readonly kind: 'passthrough'
  readonly service: ServiceTarget
  /** In which its answer has to begin. */
  readonly timeoutMs: number
  /** Who says so: the route, or its service, which takes less. */
  readonly timeoutOrigin: PolicyOrigin
  /** After so long in which nothing moved its streams end; undefined: what is built in. */
  readonly idleMs?: number | undefined
  readonly passes: PassedRequest
  /** In which codings answers go out that the service has not coded; undefined where in none. */
  readonly compression: Compression | undefined
  /** Who says what of it. */
  readonly settings: RouteSettings
}

/** What loading came to. With errors there is no snapshot, and whoever has an older one keeps it. */
export interface LoadResult {
  readonly snapshot: Snapshot | undefined
  readonly diagnostics: readonly Diagnostic[]
}
