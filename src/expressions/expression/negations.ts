import type { CelNode, Stretch } from './syntax/node.ts'
import { parseCel } from './syntax/parse.ts'

/** Where an expression denies something: what stands under a `!` or a `!=`. None where it is no expression. */
export function findNegations(source: string): readonly Stretch[] {
  const root = parseCel(source)
  if ('code' in root) return []
  const found: Stretch[] = []
  const waiting: CelNode[] = [root]
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (node.op === '!_' || node.op === '!=') found.push({ start: node.start, end: node.end })
    waiting.push(...childrenOf(node.args))
  }
  return found
}

function childrenOf(args: unknown): CelNode[] {
  if (Array.isArray(args)) return args.flatMap(childrenOf)
  return typeof args === 'object' && args !== null && 'op' in args ? [args as CelNode] : []
}
