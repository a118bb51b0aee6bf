import { bindCondition, bindPath } from '../binding/bind.ts'
import type { Language } from '../binding/color.ts'
import { findColor, type Read } from '../binding/reference.ts'
import type { ServiceTarget, SplitPolicy, SplitRule } from '../calls/service-target.ts'
import type { ServiceDefinition } from '../config/service.ts'
import { compileColorReader } from '../operations/request.ts'
import { hashContent } from './hash.ts'

/**
 * The versions of a service, and how a call finds its own.
 * @param bindVersion what one is to backends, given where it runs and what it is called
 */
export function bindSplit(
  { source, definition }: ServiceDefinition,
  bindVersion: (
    name: string,
    runs: Pick<NonNullable<ServiceDefinition['definition']['versions']>[string], 'endpoints' | 'discover'>,
  ) => ServiceTarget,
  language: Language,
): { readonly split: SplitPolicy; readonly reads: readonly Read[]; readonly key: string } {
  const { split: { by, match, sticky } = { by: 'weight', match: [], sticky: undefined } } = definition
  const versions = Object.entries(definition.versions ?? {}).map(([name, { weight, ...runs }]) => ({
    name,
    weight,
    target: bindVersion(name, runs),
  }))
  const reads: Read[] = []
  const rules = match.flatMap(({ when, to }, index): SplitRule[] => {
    const bound = bindCondition(when, { source, path: ['split', 'match', index, 'when'] }, language, { strict: true })
    reads.push(...bound.reads)
    return versions.some(({ name }) => name === to) ? [{ when: bound.source, test: bound.test, to }] : []
  })
  const stuck = sticky === undefined ? undefined : bindSticky(sticky, source, language)
  reads.push(...(stuck?.reads ?? []))
  return {
    split: { versions, by, rules, sticky: stuck?.sticky },
    // Nothing that it reads has to be there, nor has every route to give it.
    reads: reads.map((read) => ({ ...read, demand: 'guarded', needed: false })),
    key: hashContent(JSON.stringify([by, versions.map(({ name, weight, target }) => [name, weight, target.key])])),
  }
}

function bindSticky(
  on: string,
  source: ServiceDefinition['source'],
  language: Language,
): { readonly sticky: NonNullable<SplitPolicy['sticky']>; readonly reads: readonly Read[] } | undefined {
  const position = { source, path: ['split', 'sticky'] }
  const at = source.locate(position.path)
  if (!on.startsWith('$')) {
    const color = findColor(on, at, language)?.name
    if (color === undefined) return undefined
    const reads: Read[] = [{ reference: { kind: 'color', color, rest: [] }, at, demand: 'tolerated' }]
    return { sticky: { on: color, read: compileColorReader(color) }, reads }
  }
  const bound = bindPath(on, position, language)
  if (!bound) return undefined
  const { path, reference } = bound
  if (!path.singular) {
    language.diagnostics.add('invalid-value', `\`${on}\` gives a list`, at, 'name one value')
    return undefined
  }
  const reads: Read[] = reference ? [{ reference, at, demand: 'tolerated' }] : []
  return { sticky: { on, read: path.evaluate }, reads }
}
