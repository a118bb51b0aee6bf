import { printDot } from './dot.ts'
import { printMermaid } from './mermaid.ts'
import type { RouteGraph } from './model.ts'
import { drawSvg } from './svg/draw.ts'

/** Every format that a graph can be written in. A new one is a file beside these and a line here. */
export const graphFormats: Readonly<Record<GraphFormat, (graph: RouteGraph) => string>> = {
  mermaid: printMermaid,
  svg: drawSvg,
  dot: printDot,
  json: (graph) => `${JSON.stringify(graph, null, 2)}\n`,
}

export type GraphFormat = 'mermaid' | 'svg' | 'dot' | 'json'
