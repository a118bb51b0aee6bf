import { printDuration } from '../../../expressions/units.ts'
import type { RouteGraph, Shape } from '../model.ts'
import { layAttempt } from './attempt.ts'
import { Canvas, escapeXml } from './canvas.ts'
import { layChoice } from './choice.ts'
import { layFlow } from './flow.ts'
import { Inks } from './inks.ts'
import { layLoop } from './loop.ts'
import { layParallel } from './parallel.ts'
import type { Layout, Piece } from './piece.ts'
import { laySequence, stack } from './sequence.ts'
import { layStep } from './step.ts'
import { printStyle } from './style.ts'
import { layTerminal } from './terminal.ts'
import { type Font, measure } from './text.ts'

const nameFont: Font = { family: 'sans', size: 19, bold: true }
const factsFont: Font = { family: 'sans', size: 12 }
const legendFont: Font = { family: 'sans', size: 10.5 }
const margin = 28
const headHeight = 66
const footHeight = 30

/** Draws a route as an SVG that stands by itself: no scripts, no fonts, light or dark as its reader's system is. */
export function drawSvg(graph: RouteGraph): string {
  return draw(graph, `<style>\n${printStyle()}\n</style>\n`)
}

/** The same for a page that has the rules itself (`printTheme`). */
export function drawBareSvg(graph: RouteGraph): string {
  return draw(graph, '')
}

function draw(graph: RouteGraph, style: string): string {
  const inks = new Inks(
    graph.flows.map(({ what }) => what),
    graph.sensitive,
  )
  const layout: Layout = { inks, lay: (shape) => lay(shape, layout) }
  const whole = stack([
    layTerminal(graph.match, graph.request.gives, inks),
    ...(isEmpty(graph.body) ? [] : [lay(graph.body, layout)]),
    ...(graph.response ? [layTerminal(graph.response.title, [], inks)] : []),
  ])
  const budget = graph.timeoutMs === undefined ? undefined : `budget ${printDuration(graph.timeoutMs)}`
  const facts = [graph.summary, budget, graph.file].filter(Boolean).join('  ·  ')
  const legend = 'A box names what it reads; beside its arrow stands what it gives. ○ pii or secret'
  const width = Math.ceil(
    Math.max(
      whole.left + whole.right,
      measure(graph.route, nameFont),
      measure(facts, factsFont),
      measure(legend, legendFont),
    ) +
      margin * 2,
  )
  const height = Math.ceil(headHeight + whole.height + footHeight + margin)
  const canvas = new Canvas()
  canvas.text('labels', { x: margin, y: 38 }, graph.route, nameFont, 'title')
  canvas.text('labels', { x: margin, y: 58 }, facts, factsFont, 'dim')
  const slack = (width - margin * 2 - whole.left - whole.right) / 2
  whole.draw(canvas, margin + slack + whole.left, headHeight + 14)
  canvas.text('labels', { x: margin, y: height - 16 }, legend, legendFont, 'dim')
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title description">
<title id="title">${escapeXml(`${graph.route}: ${graph.match}`)}</title>
<desc id="description">${escapeXml(describe(graph))}</desc>
${style}<defs>
${head('line')}
${head('failure')}
</defs>
<rect class="page" width="${width}" height="${height}"/>
${canvas}
</svg>
`
}

const head = (name: string) =>
  `<marker id="head-${name}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="head-${name}" d="M0 0.6L8 4L0 7.4z"/></marker>`

function lay(shape: Shape, layout: Layout): Piece {
  switch (shape.shape) {
    case 'step':
      return layStep(shape, layout)
    case 'sequence':
      return laySequence(shape, layout)
    case 'parallel':
      return layParallel(shape, layout)
    case 'flow':
      return layFlow(shape, layout)
    case 'choice':
      return layChoice(shape, layout)
    case 'attempt':
      return layAttempt(shape, layout)
    case 'loop':
      return layLoop(shape, layout)
  }
}

const isEmpty = (shape: Shape) => shape.shape === 'sequence' && shape.items.length === 0

/** The picture in words. */
function describe({ summary, flows, timeoutMs }: RouteGraph): string {
  const told = flows.map(({ what, from, to }) => `${from} gives ${what} to ${to}`)
  const budget = timeoutMs === undefined ? undefined : `Budget ${printDuration(timeoutMs)}`
  return [summary, budget, ...told].filter(Boolean).join('. ')
}
