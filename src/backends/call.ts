import type { Scope } from '../cancellation.ts'
import type { GatewayError } from '../errors.ts'
import type { Body, Slices } from '../json/body.ts'
import type { Propagation, Span } from '../telemetry/span.ts'
import type { Document } from '../values/document.ts'
import type { BulkheadPolicy, RatePolicy } from './admission/policy.ts'
import type { BalancerKind } from './balancers/balancer.ts'
import type { DiscoverySource } from './discovery/discovery.ts'
import type { CarePolicy } from './health/policy.ts'
import type { RetryBudgetPolicy } from './policies/retry-budget.ts'
import type { SitePolicy } from './policy.ts'
import type { SplitPolicy } from './splits/policy.ts'

/** One HTTP request to a backend, rendered from colors: nothing of the client's request is in it unless declared. */
export interface CallRequest {
  readonly method: string
  /** Path and query, already percent-encoded: `/recommend/paris?seg=vip`. */
  readonly path: string
  /** Lower-case names. Without host, content-length and trace headers: the transport adds those. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

/** What a call knows of the request it serves. */
export interface CallContext {
  readonly document: Document
  /** On `Clock.now()`'s scale; every attempt is cut to what is left until then. */
  readonly deadline: number
  /** What its route has in all, as the file says, whoever shortened it; undefined where no route's budget counts. */
  readonly budgetMs?: number | undefined
  readonly scope: Scope
  /** The step's span; each attempt makes a client span inside it. */
  readonly span: Span
  readonly propagation: Propagation
}

/** Where an answer came from. */
export type Source = 'live' | 'cache' | 'stale' | 'coalesced' | 'fallback' | 'skipped'

export interface CallResponse {
  readonly status: number
  /** Lower-case names; a header sent twice is an array (set-cookie) or joined by `, `. */
  readonly headers: Readonly<Record<string, string | string[]>>
  /** Undefined when there was none. */
  readonly body: Body | undefined
  readonly source: Source
  /** How many attempts it took; 0 when no backend was asked. */
  readonly attempts: number
  /** The failure that a fallback covered. */
  readonly error?: GatewayError | undefined
  /** True when a fallback wrote the colors itself (`assign`), so `out` must not be applied. */
  readonly assigned?: boolean
  /** Of the service, where it runs in several. */
  readonly version?: string | undefined
  /** It is for the one who asked, and for nobody else. Said only where it may go into an answer that is kept. */
  readonly isPersonal?: boolean | undefined
  /** What the cache of this call did, as parameters of `Cache-Status` (RFC 9211): `hit;ttl=12`. */
  readonly cacheStatus?: string | undefined
}

/**
 * A place in a route that calls a backend, opened: it renders its request from the context and sends it through its
 * policies. Rejects with a GatewayError, never with anything else.
 */
export type Call = (context: CallContext) => Promise<CallResponse>

/** One entry of a `fallback:` list, compiled. A rejection moves on to the next one. */
export type Fallback =
  | { readonly kind: 'lastGood'; readonly maxAgeMs: number }
  | {
      readonly kind: 'handler'
      readonly run: (error: GatewayError, context: CallContext) => CallResponse | Promise<CallResponse>
    }

/** Everything about one place in a route that calls a backend, as far as the backend rooms need it. Plain data and closures. */
export interface CallSite {
  readonly route: string
  /** The step's id. */
  readonly step: string
  readonly service: ServiceTarget
  /** `recommend`; for an inline invoke the step's id. With the service's name it keys the breaker. */
  readonly operation: string
  /** `GET /recommend/{geo.city}`: low-cardinality, for spans and metrics. */
  readonly template: string
  /** Whether it may be sent twice: by its method, or by an idempotency key. */
  readonly idempotent?: boolean | undefined
  /** Of one attempt. */
  readonly timeoutMs: number
  /** What holds around its calls, outermost first. */
  readonly policies: readonly SitePolicy[]
  /** The class of the request, as an index in `priorities`; normal where nothing is said of it. */
  readonly rankOf?: ((document: Document) => number) | undefined
  /** Whether its answers go into whole answers that are kept. */
  readonly isOfSharedAnswer?: boolean | undefined
  /** Headers that are credentials by what is in them: a secret color. Others are by their name (credentials.ts). */
  readonly secretHeaders?: readonly string[] | undefined
  readonly fallbacks: readonly Fallback[]
  readonly maxResponseBytes: number
  readonly isSuccess: (status: number) => boolean
  /** Whether a body can be used: one that gives nothing is a failure where a failure is provided for. */
  readonly isUsable: (body: Body | undefined) => boolean
  /** Where bodies stay bytes: finds what is taken of one; undefined for a body that has to be parsed after all. */
  readonly indexBody?: ((bytes: Uint8Array) => Slices | undefined) | undefined
  /** Status → the code the service's `errors:` gives it. */
  readonly errorNames: ReadonlyMap<number, string>
  /**
   * Renders the request from the context. Throws `missing-input`, or for a value that cannot be placed the error of who
   * gave it; fallbacks cover those too.
   */
  readonly render: (document: Document) => CallRequest
}

/** What backends need to know of a service. Equal `key`s share pools across reloads. */
export interface ServiceTarget {
  readonly name: string
  readonly endpoints: readonly EndpointTarget[]
  /** Where endpoints are looked up; then `endpoints` is empty. */
  readonly discover?: DiscoverySource | undefined
  readonly balance: BalancerKind
  /** To one endpoint at most; undefined: the built-in number. */
  readonly connections?: number | undefined
  /** The value that a consistent hash is made of. */
  readonly spreadBy?: ((document: Document) => unknown) | undefined
  /** Undefined: nobody looks after its endpoints. */
  readonly care?: CarePolicy | undefined
  /** It runs in versions, each with endpoints of its own; then `endpoints` is empty. */
  readonly split?: SplitPolicy | undefined
  /** It is this version of that service. */
  readonly version?: { readonly name: string; readonly of: string } | undefined
  /** The header that tells it the remaining time; undefined: none does. */
  readonly budgetHeader?: string | undefined
  /** Undefined: the built-in one. */
  readonly retryBudget?: RetryBudgetPolicy | undefined
  /** How many calls at once, of all routes together. */
  readonly bulkhead?: ServiceBulkhead | undefined
  /** How many calls in a time. */
  readonly limit?: ServiceRate | undefined
  /** Content hash of where it runs and how that is looked after. */
  readonly key: string
}

export interface ServiceBulkhead {
  readonly policy: BulkheadPolicy
  /** As the file has it, for people. */
  readonly by?: string | undefined
  /** Who a call is for, where the queue is fair between clients. */
  readonly clientOf: ((document: Document) => string) | undefined
}

export interface ServiceRate {
  readonly policy: RatePolicy
  readonly maxWaitMs: number
  /** As the file has it, for people. */
  readonly by: readonly string[]
  /** What is counted apart; everything together without it. */
  readonly keyOf: ((document: Document) => string) | undefined
}

export interface EndpointTarget {
  /** Origin, maybe with a path prefix: `http://127.0.0.1:9004/v1`. */
  readonly url: string
  /** The IP to connect to, where discovery knows it; else the URL's host is looked up. */
  readonly address?: string | undefined
  readonly weight: number
  readonly zone: string | undefined
}
