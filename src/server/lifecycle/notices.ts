import type { Logger } from '../../telemetry/logger.ts'
import type { Notify } from '../../telemetry/notice.ts'

/** What backends tell operators, as log lines. */
export function logNotices(logger: Logger): Notify {
  return ({ level, message, ...about }) => logger[level](about, message)
}
