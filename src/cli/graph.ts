import { writeFile } from 'node:fs/promises'
import { Argument, Option } from 'commander'
import type { GraphFormat } from '../describe/graph/formats.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import { type CliCommand, type ConfigOptions, configOptions, type ExitCode } from './command.ts'
import { findPart, findRoute, loadSnapshot } from './load-snapshot.ts'
import type { Terminal } from './terminal.ts'

interface GraphOptions extends ConfigOptions {
  readonly format?: GraphFormat
  readonly out?: string
}

const formats: readonly GraphFormat[] = ['mermaid', 'svg', 'dot', 'json']

export const graph: CliCommand<GraphOptions> = {
  name: 'graph',
  summary: 'Draw a route or a part: its steps, its branches and failures, and the colors that flow between them.',
  examples: [
    ['tessera graph mobile-home --out home.svg', 'a picture for a browser, light and dark'],
    ['tessera graph routes/home.yaml', 'mermaid, for Markdown'],
    ['tessera graph discover --format dot | dot -Tpdf > discover.pdf', 'through Graphviz'],
  ],
  operands: [new Argument('<route>', 'its name or file; or a part’s')],
  options: [
    ...configOptions(),
    new Option('--format <format>', "what to write (default: mermaid, or by the --out file's ending)").choices(formats),
    new Option('-o, --out <file>', 'write to a file'),
  ],
  run: runGraph,
}

async function runGraph(
  options: GraphOptions,
  terminal: Terminal,
  [wanted = '']: readonly string[],
): Promise<ExitCode> {
  const snapshot = await loadSnapshot(options, terminal)
  if (!snapshot) return 1
  const route = findRoute(snapshot, wanted)
  const part = route ? undefined : findPart(snapshot, wanted)
  if (!route && !part) {
    const names = [...snapshot.routes, ...snapshot.parts].map(({ name }) => name)
    const help = didYouMean(wanted, names) ?? `there are ${names.join(', ') || 'none'}`
    terminal.complain(`no route or part is called \`${wanted}\`: ${help}`)
    return 2
  }
  const [{ buildGraph, buildPartGraph }, { graphFormats }] = await Promise.all([
    import('../describe/graph/build.ts'),
    import('../describe/graph/formats.ts'),
  ])
  const text = graphFormats[options.format ?? formatOf(options.out) ?? 'mermaid'](
    route ? buildGraph(route, snapshot) : buildPartGraph(part!, snapshot),
  )
  if (options.out === undefined) terminal.print(text.trimEnd())
  else await writeFile(options.out, text)
  return 0
}

function formatOf(file: string | undefined): GraphFormat | undefined {
  const ending = /\.(\w+)$/.exec(file ?? '')?.[1]
  const formatsByEnding: Record<string, GraphFormat> = {
    mmd: 'mermaid',
    svg: 'svg',
    dot: 'dot',
    gv: 'dot',
    json: 'json',
  }
  return ending === undefined ? undefined : formatsByEnding[ending]
}
