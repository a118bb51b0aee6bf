import type { OpenService } from '../../calls/registry.ts'
import type { PassthroughRoute } from '../../plan/snapshot.ts'
import type { ClientMetrics } from '../../telemetry/bound-metrics.ts'
import type { Propagation } from '../../telemetry/span.ts'
import type { Exchange } from '../requests/exchange.ts'
import type { Tunnels } from './tunnels.ts'

/** What one request on its way through is made of, whichever endpoint it goes to. */
export interface RelayParts {
  readonly exchange: Exchange
  readonly route: PassthroughRoute
  readonly service: OpenService
  /** Of its spans. */
  readonly title: string
  readonly tunnels: Tunnels
  readonly metrics: ClientMetrics
  readonly propagation: Propagation
  /** Path and query, behind the prefix of whichever endpoint. */
  readonly target: string
  /** That the service is told; undefined: its own. */
  readonly host: string | undefined
  /** A line each. */
  readonly headerLines: string
  /** Tells the backend how long it is waited for. */
  readonly budgetHeader: string | undefined
  /** Until when who asks is known, in milliseconds since the epoch; undefined: for good. */
  readonly expiresMs: number | undefined
  /** Whether a browser may have sent by itself what said who asks. */
  readonly isAmbient: boolean
  /** Whether it asks for another protocol. */
  readonly isUpgrade: boolean
  /** In which an answer has to begin. */
  readonly timeoutMs: number
  /** What that is for one who is in no hurry, and did not have to wait. */
  readonly ownMs: number
}
