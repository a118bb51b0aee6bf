import type { Scrape } from './families.ts'

/** A text format that metrics are told in. */
export interface Exposition {
  readonly contentType: string
  print(metrics: readonly Scrape[]): string
}

const prometheus: Exposition = {
  contentType: 'text/plain; version=0.0.4; charset=utf-8',
  print: (metrics) => metrics.map((metric) => `${printFamily(metric, metric.name, false)}\n`).join('\n'),
}

/** https://github.com/prometheus/OpenMetrics/blob/v1.0.0/specification/OpenMetrics.md: counters are named without `_total`, and buckets may have an exemplar. */
const openMetrics: Exposition = {
  contentType: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
  print(metrics) {
    const families = metrics.map((metric) => {
      const name = metric.type === 'counter' ? metric.name.replace(/_total$/, '') : metric.name
      return `${printFamily(metric, name, true)}\n`
    })
    return `${families.join('')}# EOF\n`
  },
}

/** What is asked for: OpenMetrics where `Accept` names it and does not refuse it. */
export function chooseExposition(accept: string | undefined): Exposition {
  const wanted = accept?.split(',').find((range) => /^\s*application\/openmetrics-text\s*(?:;|$)/i.test(range))
  return wanted !== undefined && !/;\s*q=0(?:\.0*)?\s*(?:;|$)/i.test(wanted) ? openMetrics : prometheus
}

function printFamily({ name: own, help, type, values }: Scrape, name: string, withExemplars: boolean): string {
  const lines = [`# HELP ${name} ${escapeHelp(help)}`, `# TYPE ${name} ${type}`]
  for (const { labels, value, metricName = own, exemplar } of values) {
    let line = `${metricName}${printLabels(labels)} ${printNumber(value)}`
    if (withExemplars && exemplar)
      line += ` # {trace_id="${exemplar.traceId}"} ${printNumber(exemplar.value)} ${exemplar.atSeconds.toFixed(3)}`
    lines.push(line)
  }
  return lines.join('\n')
}

function printLabels(labels: Readonly<Record<string, string | number>>): string {
  const members = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(String(value))}"`)
  return members.length === 0 ? '' : `{${members.join(',')}}`
}

function printNumber(value: number): string {
  if (Number.isFinite(value)) return String(value)
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')
}
