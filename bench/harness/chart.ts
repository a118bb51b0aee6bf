import type { ScenarioResult, Summary } from './summary.ts'

const width = 860
const labelWidth = 350
const figureWidth = 80
const barHeight = 16
const rowHeight = 22
const titleHeight = 42
const gap = 18
const margin = 16

/**
 * The results as bars, an SVG: CPU time a request, each scenario on a scale of its own, with a line from the least to
 * the most of the rounds. It follows the reader's light or dark scheme.
 */
export function renderChart(results: readonly ScenarioResult[]): string {
  let top = margin
  const panels = results.map((result) => {
    const panel = renderPanel(result, top)
    top += titleHeight + result.summaries.length * rowHeight + gap
    return panel
  })
  const height = top - gap + margin
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="CPU time a request, by scenario and server">
<style>
  text { font: 13px system-ui, sans-serif; fill: #1f2328 }
  .title { font-weight: 600 }
  .note { font-size: 11px; fill: #59636e }
  .own { fill: #0a7d5a }
  .peer { fill: #aab4be }
  .spread { stroke: #1f2328; stroke-width: 1.5 }
  .ground { fill: #ffffff }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .note { fill: #9198a1 }
    .own { fill: #2bb286 }
    .peer { fill: #56606b }
    .spread { stroke: #e6edf3 }
    .ground { fill: #0d1117 }
  }
</style>
<rect class="ground" width="${width}" height="${height}"/>
${panels.join('\n')}
</svg>
`
}

function renderPanel({ scenario, summaries }: ScenarioResult, top: number): string {
  const most = Math.max(...summaries.map(({ mostCpuUs }) => mostCpuUs))
  const scale = (width - labelWidth - figureWidth - 2 * margin) / most
  const bars = summaries.map((summary, index) => renderBar(summary, top + titleHeight + index * rowHeight, scale))
  return `<text class="title" x="${margin}" y="${top + 14}">${escapeText(scenario.name)}</text>
<text class="note" x="${margin}" y="${top + 30}">${escapeText(scenario.title)}: CPU µs a request</text>
${bars.join('\n')}`
}

function renderBar({ variant, median, leastCpuUs, mostCpuUs }: Summary, top: number, scale: number): string {
  const left = margin + labelWidth
  const middle = top + barHeight / 2
  const at = (us: number) => (left + us * scale).toFixed(1)
  const kind = variant.config === undefined ? 'peer' : 'own'
  return `<text x="${left - 8}" y="${middle + 4}" text-anchor="end">${escapeText(shorten(variant.title))}</text>
<rect class="${kind}" x="${left}" y="${top}" width="${(median.cpuUsPerRequest * scale).toFixed(1)}" height="${barHeight}" rx="2"/>
<line class="spread" x1="${at(leastCpuUs)}" y1="${middle}" x2="${at(mostCpuUs)}" y2="${middle}"/>
<text x="${(Number(at(mostCpuUs)) + 8).toFixed(1)}" y="${middle + 4}">${median.cpuUsPerRequest.toFixed(0)}</text>`
}

const mostLetters = 52

function shorten(title: string): string {
  return title.length > mostLetters ? `${title.slice(0, mostLetters - 1)}…` : title
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
