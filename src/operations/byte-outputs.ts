import { maxDepth } from '../calls/decode.ts'
import type { CallSite } from '../calls/policy.ts'
import { compileIndexer } from '../json/indexer.ts'
import type { BoundOperation } from './bound-operation.ts'

/**
 * Where an operation's outputs begin in its body, in their order: for `$.items[*].id`, of which there is no slice, the
 * path of `$.items`. Undefined where one has no such path.
 */
export function outputPaths(operation: BoundOperation): (readonly (string | number)[])[] | undefined {
  // What is no JSON is decoded as a whole.
  if (operation.decoding) return undefined
  const paths = operation.outputs.flatMap(({ locator }) => (locator.in === 'body' ? [locator.path.prefix] : []))
  return paths.every(isPlain) ? paths : undefined
}

function isPlain(path: readonly (string | number)[]): boolean {
  return path.every((segment) => typeof segment === 'string' || segment >= 0)
}

type IndexBody = NonNullable<CallSite['indexBody']>

/** What all calls of an operation share. */
const indexersOf = new WeakMap<BoundOperation, IndexBody>()

/**
 * Compiles how a body is indexed: it gives the whole, then a slice for each output that sits in the body, then what its
 * dialect looks at.
 */
export function compileBodyIndexer(operation: BoundOperation): IndexBody {
  const looksAt = (operation.dialect?.members ?? []).map((name) => [name])
  const indexBody = indexersOf.get(operation) ?? compileIndexer([[], ...outputPaths(operation)!, ...looksAt], maxDepth)
  indexersOf.set(operation, indexBody)
  return indexBody
}
