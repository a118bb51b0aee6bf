import type { SecretDirectory } from '../../config/secret-files.ts'
import type { SecretFiles } from '../../environment.ts'
import type { Metrics } from '../../telemetry/metrics.ts'
import type { Notify } from '../../telemetry/notice.ts'

/**
 * Tells operators of files of secrets that cannot be read any more: once in the log, at each scrape in a metric.
 * @param served those that the configuration names which serves
 */
export function observeSecrets(
  secrets: SecretDirectory,
  served: () => SecretFiles | undefined,
  metrics: Metrics,
  notify: Notify,
): void {
  metrics.secrets.follow(() => served()?.states() ?? [])
  secrets.subscribe((subject, reason) => {
    if (reason === undefined) notify({ level: 'info', subject, message: 'the file of a secret can be read again' })
    else
      notify({
        level: 'warn',
        subject,
        message: 'the file of a secret cannot be read: what it held last stays in use',
        reason,
      })
  })
}
