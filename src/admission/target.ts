import type { Document } from '../expressions/document.ts'
import type { BulkheadPolicy, RatePolicy } from './policy.ts'

/** What a service bears. */
export interface AdmissionTarget {
  readonly name: string
  /** It is this version of that service. */
  readonly version?: { readonly name: string; readonly of: string } | undefined
  /** How many calls at once, of all routes together. */
  readonly bulkhead?: ServiceBulkhead | undefined
  /** How many calls in a time. */
  readonly limit?: ServiceRate | undefined
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
