import type { LogFields, Logger } from './logger.ts'

/** What the access log holds of one request. No path, query, header or body: those are the client's. */
export interface RequestRecord {
  readonly method: string
  /** Name of the route; undefined when none matched. */
  readonly route: string | undefined
  readonly status: number
  readonly durationMs: number
  /** Bytes of the answer's body. */
  readonly bytes: number
  readonly traceId: string
  readonly requestId: string
  /** Value of `Tessera-Degraded`. */
  readonly degraded: string | undefined
  /** Code of the error that was answered. */
  readonly errorCode: string | undefined
}

/** Writes one line: `error` for a 5xx, `warn` for a degraded answer, else `info`. */
export function logRequest(logger: Logger, record: RequestRecord): void {
  if (record.status >= 500) logger.error(printFields(record), 'request')
  else if (record.degraded !== undefined) logger.warn(printFields(record), 'request')
  else if (logger.isLevelEnabled('info')) logger.info(printFields(record), 'request')
}

function printFields(record: RequestRecord): LogFields {
  return {
    method: record.method,
    route: record.route,
    status: record.status,
    ms: Math.round(record.durationMs * 100) / 100,
    bytes: record.bytes,
    trace_id: record.traceId,
    request_id: record.requestId,
    degraded: record.degraded,
    error: record.errorCode,
  }
}
