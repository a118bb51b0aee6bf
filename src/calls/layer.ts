import type { Scope } from '../cancellation.ts'
import type { Endpoint } from '../endpoints/service-endpoints.ts'
import type { CallContext, CallRequest, CallResponse } from './call.ts'

/** One call under way: what the caller gave, and what the layers around it tell each other. */
export class OngoingCall {
  readonly context: CallContext
  /** As rendered; undefined until then, and where that failed. */
  request: CallRequest | undefined = undefined
  /** How often a backend was asked so far. */
  attempts = 0
  /**
   * Since when the attempt under way has waited for the backend, on `Clock.now()`'s scale: what it took before that is
   * our own waiting, for a place among the connections or, while one was opened, for this process. Undefined while it
   * has no place.
   */
  askedAt: number | undefined = undefined
  /** How many attempts have failed so far, where they are made anew. */
  failures = 0
  /** Whether it was sent beside another one of the same call. */
  isHedge = false
  /** The endpoint asked last: the next attempt prefers another. */
  endpoint: Endpoint | undefined = undefined
  /** Ends with the attempt under way; the request's own scope is `context.scope`. */
  scope: Scope
  /** When the attempt under way ends, on `Clock.now()`'s scale; the request's own deadline is `context.deadline`. */
  deadline: number

  constructor(context: CallContext) {
    this.context = context
    this.scope = context.scope
    this.deadline = context.deadline
  }
}

/** A response inside the onion. */
export type LayerResponse = CallResponse

/** A call with some of its policies around it. Rejects with a GatewayError, never with anything else. */
export type Layer = (request: CallRequest, call: OngoingCall) => Promise<LayerResponse>

/** Wraps a layer in another. */
export type Policy = (next: Layer) => Layer

/** The policy of a site that did not ask for one. */
export const passThrough: Policy = (next) => next
