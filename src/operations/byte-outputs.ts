import type { CallSite } from '../backends/call.ts'
import { maxDepth } from '../backends/decode.ts'
import { compileIndexer } from '../json/indexer.ts'
import type { BoundOperation } from './bound-operation.ts'

/** Where an operation's outputs sit in its body; undefined where one is not at a plain path, or there is none. */
export function outputPaths(operation: BoundOperation): (readonly (string | number)[])[] | undefined {
  const paths: (readonly (string | number)[])[] = []
  for (const { locator } of operation.outputs) {
    if (locator.in !== 'body') continue
    const { singular, prefix } = locator.path
    if (!singular || prefix.some((segment) => typeof segment === 'number' && segment < 0)) return undefined
    paths.push(prefix)
  }
  return paths.length > 0 ? paths : undefined
}

type IndexBody = NonNullable<CallSite['indexBody']>

/** What all calls of an operation share. */
const indexersOf = new WeakMap<BoundOperation, IndexBody>()

/** Compiles how a body is indexed: it gives a slice for each output that sits in the body, in their order. */
export function compileBodyIndexer(operation: BoundOperation): IndexBody {
  const indexBody = indexersOf.get(operation) ?? compileIndexer(outputPaths(operation)!, maxDepth)
  indexersOf.set(operation, indexBody)
  return indexBody
}
