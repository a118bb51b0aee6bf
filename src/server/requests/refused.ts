import { logRequest } from '../../telemetry/request-log.ts'
import type { RefusedRequest } from '../http/listener.ts'
import type { Serving } from '../lifecycle/serving.ts'

/**
 * Tells log and metrics of a request that was refused before anybody could look at it: nothing is known of it but who
 * sent it, and often not even its method.
 */
export function tellRefused(serving: Serving, refused: RefusedRequest): void {
  const { error, traceId, connection, request, bytes } = refused
  const { unmatched, current, logger } = serving
  const method = request?.method
  unmatched.begin()
  unmatched.end(error.status, 0, method)
  logRequest(logger, {
    method,
    route: undefined,
    status: error.status,
    durationMs: 0,
    bytes,
    traceId,
    requestId: undefined,
    degraded: undefined,
    errorCode: error.code,
    more: current.describeClient({ request: request ?? { socket: connection, headers: {} } }),
  })
}
