import type { GatewayError } from '../errors.ts'
import type { LeftOut } from '../expressions/document.ts'
import type { CallRecord } from '../steps/context.ts'
import type { ProblemContext } from './problem.ts'

/** What a request came to, before it is HTTP. */
export type Outcome = Answer | Failure | PassedOn | StreamedAnswer

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
  /** What it was filled from; undefined where that is no template of the route. */
  readonly filledFrom?: object | undefined
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

/** The head of an answer whose body comes piece by piece. */
export interface StreamedAnswer {
  readonly kind: 'stream'
  readonly status: number
  readonly headers: Answer['headers']
  readonly dropped?: readonly string[] | undefined
  /** Milliseconds since the epoch after which whoever asked may see no more of it. */
  readonly expiresMs: number | undefined
  /** Sends it on, once, after the head. */
  readonly open: (sink: AnswerSink) => AnswerSource
}

/** Where an answer goes piece by piece. */
export interface AnswerSink {
  /** Where the request is, for the problem that it may end in. */
  readonly context: () => ProblemContext
  /** False when no more should come until the source is told to resume. */
  readonly write: (piece: Uint8Array) => boolean
  /** Nothing comes after it. */
  readonly end: (outcome: Answer | Failure) => void
}

export interface AnswerSource {
  readonly resume: () => void
  /** Ends it with an error, and what is done for it. */
  readonly stop: (error: GatewayError) => void
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
