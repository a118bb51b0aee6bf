import type { MetricDescription } from '../../../src/telemetry/metrics.ts'
import { code, page, sentence, table } from '../markdown.ts'

/** Every metric that `/metrics` gives. */
export function renderMetrics(metrics: readonly MetricDescription[]): string {
  return page(
    'Metrics',
    'What `/metrics` of the admin listener gives, in the Prometheus text format. Labels are bounded by the configuration: `http_route` is a route’s path as its file has it.',
    table(
      ['metric', 'type', 'labels', 'meaning'],
      metrics.map(({ name, type, help, labels }) => [
        code(name),
        type,
        labels.length === 0 ? 'none' : labels.map(code).join(', '),
        sentence(help),
      ]),
    ),
  )
}
