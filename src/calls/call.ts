import type { Scope } from '../cancellation.ts'
import type { GatewayError } from '../errors.ts'
import type { Document } from '../expressions/document.ts'
import type { Body } from '../json/body.ts'
import type { Propagation, Span } from '../telemetry/span.ts'

/** One HTTP request to a backend, rendered from colors: nothing of the client's request is in it unless declared. */
export interface CallRequest {
  readonly method: string
  /** Path and query, already percent-encoded: `/recommend/paris?seg=vip`. */
  readonly path: string
  /** Lower-case names. Without host, content-length and trace headers: the transport adds those. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array | undefined
  /** A redirect led here: the path is the whole one, that of the endpoint included. */
  readonly isRedirected?: boolean
  /** Whose claims are in it: the same request for users of two issuers is two, wherever its answer is kept or shared. */
  readonly owner?: string | undefined
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
  /** Through what it is made, in a durable run: a `CallRecorder` (recorder.ts). */
  readonly recorder?: object | undefined
  /** Whether it shares no answer with others: none is kept for it, or was. */
  readonly isApart?: boolean
  /** Counts requests that its route has to answer for beside the call itself, or throws where they are too many. */
  countCalls?(count: number): void
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
  /** The headers of the redirects on the way to it, where some were followed: it may be kept no longer than they. */
  readonly redirects?: readonly CallResponse['headers'][] | undefined
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
