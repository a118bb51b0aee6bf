import { bench, group } from 'mitata'
import { createLogger } from '../../../src/telemetry/logger.ts'
import { logRequest } from '../../../src/telemetry/request-log.ts'
import { insist } from '../home.ts'

/** One line of the access log, all but its way into the file. */
export function addBenchmarks(): void {
  let last = ''
  const destination = {
    write(line: string) {
      last = line
    },
  }
  const logger = createLogger({ format: 'json', destination })
  const quiet = createLogger({ format: 'json', level: 'warn', destination })
  const record = {
    method: 'GET',
    route: 'mobile-home',
    status: 200,
    durationMs: 12.345,
    bytes: 8_482,
    traceId: '0af7651916cd43dd8448eb211c80319c',
    requestId: 'b0f8c1d2',
    degraded: undefined,
    errorCode: undefined,
  }
  logRequest(logger, record)
  insist(JSON.parse(last).request_id, record.requestId)
  group('access log', () => {
    bench('access log, a line', () => logRequest(logger, record))
    bench('access log, off', () => logRequest(quiet, record))
  })
}
