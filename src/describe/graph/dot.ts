import { type Arrow, type FlatNode, flatten, type Group } from './flat.ts'
import type { RouteGraph } from './model.ts'

/** A graph for Graphviz: `tessera graph home --format dot | dot -Tpdf`. */
export function printDot(graph: RouteGraph): string {
  const { nodes, groups, arrows } = flatten(graph)
  const inside = (group: string | undefined, indent: string): string[] => [
    ...nodes.filter((node) => node.group === group).map((node) => `${indent}${node.id} [${nodeStyle(node)}]`),
    ...groups.filter(({ parent }) => parent === group).flatMap((inner) => printGroup(inner, indent)),
  ]
  const printGroup = ({ id, title }: Group, indent: string) => [
    `${indent}subgraph cluster_${id} {`,
    `${indent}  label=${quote(title)}; labeljust=l; style=rounded; color="#98a2b3"`,
    ...inside(id, `${indent}  `),
    `${indent}}`,
  ]
  return [
    `digraph ${quote(graph.route)} {`,
    `  label=${quote([`${graph.route}: ${graph.match}`, graph.summary].filter(Boolean).join('\n'))}; labelloc=t`,
    '  graph [fontname="Helvetica"]',
    '  node [fontname="Helvetica", fontsize=11, shape=box, style=rounded]',
    '  edge [fontname="Helvetica", fontsize=9]',
    ...inside(undefined, '  '),
    ...arrows.map((arrow) => `  ${arrow.from} -> ${arrow.to} [${arrowStyle(arrow)}]`),
    '}',
    '',
  ].join('\n')
}

const nodeStyles: Record<FlatNode['kind'], string> = {
  terminal: 'style="rounded,bold", color="#15803d"',
  call: 'color="#4f5bd5"',
  compute: 'style="rounded,filled", color="#98a2b3", fillcolor="#f4f6fa"',
  error: 'color="#c2410c"',
  answer: 'color="#15803d"',
  fallback: 'style="rounded,dashed", color="#7c5a12"',
  bar: 'shape=box, style=filled, fillcolor=black, height=0.05, width=1.6, fixedsize=true',
  choice: 'shape=diamond, style=solid, height=0.3, width=0.3, fixedsize=true',
  meeting: 'shape=point, width=0.06',
}

function nodeStyle({ kind, title, lines }: FlatNode): string {
  return `label=${quote([title, ...lines].join('\n'))}, ${nodeStyles[kind]}`
}

function arrowStyle({ label, kind }: Arrow): string {
  const text = label === '' ? [] : [`label=${quote(label)}`]
  const look = { then: [], failure: ['color="#c2410c"'], fallback: ['style=dashed', 'color="#7c5a12"'] }[kind]
  return [...text, ...look].join(', ')
}

/** A quoted string of the DOT language: only quotes and backslashes mean something, and `\n` is a new line. */
function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`
}
