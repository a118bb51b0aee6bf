import type { Logger, LogLevel } from './logger.ts'

/** What the access log holds of one request. Nothing of the client's but what `accessLog.fields` names. */
export interface RequestRecord {
  /** Undefined where the request was not understood. */
  readonly method: string | undefined
  /** Name of the route; undefined when none matched. */
  readonly route: string | undefined
  readonly status: number
  readonly durationMs: number
  /** Bytes of the answer's body. */
  readonly bytes: number
  readonly traceId: string
  /** Letters, digits, `.`, `_` and `-`; undefined where the request was not understood. */
  readonly requestId: string | undefined
  /** Value of `Tessera-Degraded`. */
  readonly degraded: string | undefined
  /** Code of the error that was answered. */
  readonly errorCode: string | undefined
  /** What failed, where anything did. */
  readonly failures?: readonly object[]
  /** More of it, as JSON: `,"client":"192.0.2.1"`. */
  readonly more?: string
}

/**
 * Writes one line: `error` for a 5xx, `warn` for a degraded answer, else `info`. It is put together here, in the form of
 * all other lines: whoever gives these fields has masked what is sensitive, and pino's general machinery was 3 % of the CPU of a
 * request.
 */
export function logRequest(logger: Logger, record: RequestRecord): void {
  const level = record.status >= 500 ? 'error' : record.degraded !== undefined ? 'warn' : 'info'
  if (logger.isLevelEnabled(level)) logger.writeLine(printLine(level, record))
}

function printLine(level: LogLevel, record: RequestRecord): string {
  const {
    method,
    route,
    status,
    durationMs,
    bytes,
    traceId,
    requestId,
    degraded,
    errorCode,
    failures,
    more = '',
  } = record
  let line = `{"level":"${level}","time":"${printTime(Date.now())}"`
  if (method !== undefined) line += `,"method":${JSON.stringify(method)}`
  if (route !== undefined) line += `,"route":${JSON.stringify(route)}`
  line += `,"status":${status},"ms":${Math.round(durationMs * 100) / 100},"bytes":${bytes}`
  line += `,"trace_id":"${traceId}"`
  if (requestId !== undefined) line += `,"request_id":"${requestId}"`
  if (degraded !== undefined) line += `,"degraded":${JSON.stringify(degraded)}`
  if (errorCode !== undefined) line += `,"error":${JSON.stringify(errorCode)}`
  if (failures !== undefined && failures.length > 0) line += `,"failures":${JSON.stringify(failures)}`
  return `${line}${more},"msg":"request"}\n`
}

let knownSecond = Number.NaN
let printedSecond = ''

/** ISO 8601 in UTC, as pino's lines have it; all but its milliseconds is kept for a second. */
function printTime(epochMs: number): string {
  const ms = epochMs % 1000
  const second = epochMs - ms
  if (second !== knownSecond) {
    knownSecond = second
    printedSecond = new Date(second).toISOString().slice(0, -4)
  }
  return `${printedSecond}${ms < 10 ? '00' : ms < 100 ? '0' : ''}${ms}Z`
}
