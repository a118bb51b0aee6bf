import type { EnvReference } from '../../environment.ts'
import type { Expression } from '../expression.ts'
import { areaOfOutside } from '../outside.ts'

/** A file in a template: text, read when it is needed. */
export function readsFile(reference: EnvReference): Expression {
  const { name, length } = reference
  const evaluate = () => reference.value
  const path = areaOfOutside({ from: 'file', name })
  return {
    source: `file:${name}`,
    type: 'string',
    schema: { type: 'string' },
    reads: [{ path, offset: 0, length, guarded: true, needed: false, asked: false }],
    path: undefined,
    proves: { whenTrue: [], whenFalse: [] },
    mayBeAbsent: undefined,
    isVolatile: true,
    readsEnvironment: false,
    evaluate,
    demand: evaluate,
    test: () => false,
  }
}
