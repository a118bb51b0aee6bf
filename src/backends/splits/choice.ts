import type { Document } from '../../values/document.ts'
import { hashValue } from '../balancers/hash.ts'
import type { SplitPolicy, SplitRule } from './policy.ts'
import type { Split } from './split.ts'
import type { Version } from './version.ts'

/** Compiles how the data of a request choose a version: the first rule that holds, else the split. */
export function compileChoice(
  { rules, sticky }: Pick<SplitPolicy, 'rules' | 'sticky'>,
  split: Split,
): (document: Document) => Version {
  const read = sticky?.read
  const pick = read ? (document: Document) => split.choose(hashValue(read(document))) : () => split.choose(undefined)
  if (rules.length === 0) return pick
  const arms = rules.map(({ test, to }) => ({ test, version: split.versions.find(({ id }) => id === to)! }))
  return (document) => {
    for (const { test, version } of arms) if (holds(test, document)) return version
    return pick(document)
  }
}

/** A rule that this request's data do not fit does not hold: what a client sends must not fail the call. */
function holds(test: SplitRule['test'], document: Document): boolean {
  try {
    return test(document)
  } catch {
    return false
  }
}
