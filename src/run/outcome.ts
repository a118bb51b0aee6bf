import type { GatewayError } from '../errors.ts'
import type { LeftOut } from '../expressions/document.ts'
import type { CallRecord } from '../steps/context.ts'

/** What a request came to, before it is HTTP. */
export type Outcome = Answer | Failure | PassedOn

export interface Answer {
  readonly kind: 'answer'
  readonly status: number
  /** Lower-case names: the route's own, Tessera-Degraded, cache-control, server-timing. An array repeats the header. */
  readonly headers: Readonly<Record<string, string | string[]>>
  /** The JSON text in UTF-8; undefined for an answer without a body. */
  readonly body: Uint8Array | undefined
  readonly records: readonly CallRecord[]
  readonly degraded: readonly Degradation[]
  /** What was left out without a call of its own that failed. */
  readonly left?: readonly LeftOut[]
  /** Headers that its route gives and that cannot be sent: they were left out. */
  readonly dropped?: readonly string[]
}

/** Nothing handled an error. */
export interface Failure {
  readonly kind: 'failure'
  readonly error: GatewayError
  readonly headers: Readonly<Record<string, string | string[]>>
  readonly records: readonly CallRecord[]
}

/** Somebody else answers: a service, or the gateway for requests of no route. */
export interface PassedOn {
  readonly kind: 'passed-on'
}

/** A part of the answer that fell back or was left out. */
export interface Degradation {
  readonly step: string
  readonly source: string
  readonly error: string | undefined
}
