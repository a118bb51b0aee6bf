import type { Area } from '../area.ts'
import type { EmbeddedExpression, Template, Where } from './nodes.ts'

/** One place of the context that a template reads. */
export interface TemplateRead {
  /** The names and indexes it begins with, as far as they are known at load. */
  readonly prefix: readonly (string | number)[]
  /** Where all lies that it may give or looks at. */
  readonly areas: readonly Area[]
  /** The string that reads it, and where in that string. */
  readonly at: Where
  readonly offset: number
  readonly length: number
  /** Its absence is dealt with: has(), `.?`, a comparison with null, `$default`, `$merge`. */
  readonly guarded: boolean
  /** Something is done with it that fails where it is absent. */
  readonly needed: boolean
  /** Only asked for by has() or a comparison with null: its value goes nowhere. */
  readonly asked: boolean
  /** Reads at most one value. */
  readonly singular: boolean
  /** False for `item` and `index` outside every `$each`: only a forEach around the template can bind them. */
  readonly bound: boolean
}

/** All that a template reads, but for `item` and `index` inside the `$each` that binds them. */
export function readsOf(template: Template): TemplateRead[] {
  const reads: TemplateRead[] = []
  collect(template, { given: [], tolerant: false, mayFail: false, inEach: false }, reads)
  return reads
}

interface Surroundings {
  readonly given: readonly (readonly (string | number)[])[]
  readonly tolerant: boolean
  readonly mayFail: boolean
  readonly inEach: boolean
}

function collect(template: Template, around: Surroundings, into: TemplateRead[]): void {
  const add = (read: Omit<TemplateRead, 'at' | 'bound'>) => {
    const local = read.prefix[0] === 'item' || read.prefix[0] === 'index'
    if (local && around.inEach) return
    const isGiven = around.given.some((path) => path.every((segment, depth) => segment === read.prefix[depth]))
    into.push({
      ...read,
      at: template.at,
      guarded: read.guarded || around.tolerant || isGiven,
      needed: read.needed && !around.tolerant && !around.mayFail && !isGiven,
      bound: !local,
    })
  }
  const addExpression = ({ expression, offset }: EmbeddedExpression, isInText = false) => {
    // Alone a path may be absent, in text it may not.
    const isDemanded = isInText && expression.mayBeAbsent === 'path'
    for (const read of expression.reads) {
      add({
        prefix: read.path,
        areas: [read.path],
        offset: offset + read.offset,
        length: read.length,
        guarded: read.guarded,
        needed: read.needed || isDemanded,
        asked: read.asked,
        singular: true,
      })
    }
  }
  switch (template.kind) {
    case 'literal':
      return
    case 'path': {
      const { query, singular, reads, reach } = template.path
      for (const [index, prefix] of reads.entries()) {
        const areas = index === 0 ? [reach.area, ...reach.compared] : [prefix]
        add({ prefix, areas, offset: 0, length: query.length, guarded: false, needed: false, asked: false, singular })
      }
      return
    }
    case 'expression':
      addExpression(template)
      return
    case 'interpolation':
      for (const part of template.parts) if (typeof part !== 'string') addExpression(part, true)
      return
    case 'object':
      for (const [, value] of template.members) collect(value, around, into)
      return
    case 'array':
      for (const item of template.items) collect(item, around, into)
      return
    case 'operator':
      for (const part of template.operator.parts(template.config)) {
        const inside = {
          given: part.given ? [...around.given, ...part.given] : around.given,
          tolerant: around.tolerant || part.tolerant === true,
          mayFail: around.mayFail || part.mayFail === true,
          inEach: around.inEach || part.each === true,
        }
        const { template: nested } = part
        const asDemanded = part.isCondition && nested.kind === 'expression'
        collect(asDemanded ? { kind: 'interpolation', at: nested.at, parts: [nested] } : nested, inside, into)
      }
  }
}
