import type { GatewayError } from '../../errors.ts'
import type { Document } from '../../expressions/document.ts'
import type { Route, Snapshot } from '../../plan/snapshot.ts'
import type { CallRecord } from '../../steps/context.ts'
import type { ToldFailure } from '../../told-failure.ts'
import type { PassedTo } from '../recording.ts'
import type { CaptureSpan } from './span.ts'

/** A request that has ended, as whoever served it knows it. */
export interface EndedRequest {
  readonly span: CaptureSpan
  readonly snapshot: Pick<Snapshot, 'version' | 'colors'>
  readonly route: Route | undefined
  readonly method: string
  /** As everyone may be told it. */
  readonly path: string
  readonly requestId: string
  readonly status: number
  readonly ms: number
  readonly bytes: number
  readonly errorCode: string | undefined
  readonly error: GatewayError | undefined
  /** What the gateway answered; undefined where it was another's. */
  readonly answer:
    | { readonly headers: Readonly<Record<string, string | string[]>>; readonly body: Uint8Array | undefined }
    | undefined
  readonly records: readonly CallRecord[]
  readonly isDegraded: boolean
  readonly failures: readonly ToldFailure[]
  readonly passedTo: PassedTo | undefined
  /** Its context; undefined where it was refused before there was one. */
  readonly document: Document | undefined
  /** Whether its client has asked for a recording, and may. */
  readonly isAsked: boolean
}
