import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

/** The groups of files below a folder that import each other, in circles, types included; each sorted. */
export function findImportCircles(folder: string): string[][] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
  const imports = new Map(files.map((file) => [file, importsOf(file, readFileSync(join(folder, file), 'utf8'))]))
  return findCircles(imports).map((circle) => circle.sort())
}

function importsOf(file: string, text: string): string[] {
  const found = text.matchAll(/^(?:import|export)\b[^;'"]*?\bfrom '(\.[^']+)'/gm)
  return [...found].map(([, path]) => normalize(join(dirname(file), path!)))
}

/** Strongly connected components of more than one node (Tarjan, 1972). */
export function findCircles(edges: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>()
  const lowest = new Map<string, number>()
  const open: string[] = []
  const circles: string[][] = []
  const visit = (node: string): number => {
    const index = order.size
    order.set(node, index)
    lowest.set(node, index)
    open.push(node)
    for (const next of edges.get(node) ?? []) {
      if (!edges.has(next)) continue
      const low = order.has(next) ? (open.includes(next) ? order.get(next)! : index) : visit(next)
      lowest.set(node, Math.min(lowest.get(node)!, low))
    }
    if (lowest.get(node) === index) {
      const circle = open.splice(open.indexOf(node))
      if (circle.length > 1) circles.push(circle)
    }
    return lowest.get(node)!
  }
  for (const node of edges.keys()) if (!order.has(node)) visit(node)
  return circles
}
