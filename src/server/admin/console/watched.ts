/** What the console looks at; all that is told stems from these. */
export const watchedMetrics = [
  'http_server_request_duration_seconds',
  'http_client_request_duration_seconds',
  'tessera_step_duration_seconds',
  'tessera_fallback_total',
  'tessera_degraded_total',
] as const

export type WatchedMetric = (typeof watchedMetrics)[number]
