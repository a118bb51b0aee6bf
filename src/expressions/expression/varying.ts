import { areaOfOutside } from '../outside.ts'
import type { CelNode } from './parse.ts'
import type { Bindings } from './scope.ts'

/** The functions that give another value to every request. */
const varying: ReadonlySet<string> = new Set(['now', 'uuid'])

/** Notes a call of one of them as something that is read, so that it is neither made once nor shared unawares. */
export function noteVarying(node: CelNode & { op: 'call' | 'rcall' }, scope: Bindings): void {
  const [name] = node.args
  if (node.op !== 'call' || !varying.has(name)) return
  const path = areaOfOutside({ from: 'function', name })
  scope.reads.push({
    path,
    offset: node.start,
    length: node.end - node.start,
    guarded: true,
    needed: false,
    asked: false,
  })
}
