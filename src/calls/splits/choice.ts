import { hashValue } from '../../endpoints/balancers/hash.ts'
import type { GatewayError } from '../../errors.ts'
import type { Document } from '../../expressions/document.ts'
import { letsIn } from '../../expressions/expression/lets-in.ts'
import type { SplitPolicy } from '../service-target.ts'
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
  const arms = rules.map((rule) => ({
    test: rule.test,
    tell: (why: GatewayError) => split.tellDoubt(rule, why),
    version: split.versions.find(({ id }) => id === rule.to)!,
  }))
  return (document) => {
    // What a client sends must not fail the call: a rule lets in, or does not.
    for (const { test, tell, version } of arms) if (letsIn(test, document, tell)) return version
    return pick(document)
  }
}
