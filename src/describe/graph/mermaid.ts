import { type FlatNode, flatten, type Group } from './flat.ts'
import type { RouteGraph } from './model.ts'

/** A flowchart for mermaid, which GitHub and many editors draw inside Markdown. */
export function printMermaid(graph: RouteGraph): string {
  const { nodes, groups, arrows } = flatten(graph)
  const inside = (group: string | undefined, indent: string): string[] => [
    ...nodes.filter((node) => node.group === group).map((node) => `${indent}${printNode(node)}`),
    ...groups.filter(({ parent }) => parent === group).flatMap((inner) => printGroup(inner, indent)),
  ]
  const printGroup = ({ id, title }: Group, indent: string) => [
    `${indent}subgraph ${id}["${escapeText(title)}"]`,
    ...inside(id, `${indent}  `),
    `${indent}end`,
  ]
  const links = arrows.map(({ from, to, label, kind }) => {
    const line = kind === 'then' ? '-->' : '-.->'
    return `  ${from} ${line}${label === '' ? '' : `|"${escapeText(label)}"|`} ${to}`
  })
  const failures = arrows.flatMap(({ kind }, index) => (kind === 'failure' ? [index] : []))
  return [
    '---',
    `title: ${JSON.stringify(`${graph.route}: ${graph.match}`)}`,
    '---',
    'flowchart TD',
    ...inside(undefined, '  '),
    ...links,
    ...(failures.length > 0 ? [`  linkStyle ${failures.join(',')} stroke:#c2410c,color:#c2410c`] : []),
    '  classDef callNode stroke:#4f5bd5',
    '  classDef errorNode stroke:#c2410c',
    '  classDef answerNode stroke:#15803d',
    '  classDef terminalNode stroke:#15803d',
    '  classDef fallbackNode stroke:#7c5a12,stroke-dasharray:4 3',
    ...groups.map(({ id }) => `  style ${id} fill:transparent,stroke:#98a2b3`),
    '',
  ].join('\n')
}

// `call` by itself is a word of mermaid's own, hence the longer class names.
function printNode({ id, kind, title, lines }: FlatNode): string {
  const text = [title, ...lines].map(escapeText).join('<br/>')
  switch (kind) {
    case 'terminal':
      return `${id}(["${text}"]):::terminalNode`
    case 'bar':
      return `${id}@{ shape: fork, label: " " }`
    case 'choice':
      return `${id}{" "}`
    case 'meeting':
      return `${id}(( ))`
    case 'compute':
      return `${id}("${text}")`
    default:
      return `${id}["${text}"]:::${kind}Node`
  }
}

/** Mermaid reads `#…;` entities inside quotes, and some Markdown; what means something to it is written as one. */
function escapeText(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[#"&<>`*_\\{}[\]|;]/g, (character) => `#${character.codePointAt(0)};`)
}
