import type { Language } from '../binding/color.ts'
import { type Position, within } from '../binding/shape.ts'
import type { CallSet } from '../config/call-set.ts'
import type { GatewaySettings } from '../config/gateway.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import type { Source } from '../yaml/source.ts'

/** What is said once of calls, and where. */
export interface InheritedSet {
  readonly by: 'preset' | 'gateway'
  readonly values: CallSet
  readonly position: Position
}

/** What the gateway's file says once of the calls of services, operations and steps. */
export class Presets {
  readonly #sets: ReadonlyMap<string, InheritedSet>
  /** What holds for all of them. */
  readonly defaults: readonly InheritedSet[]

  constructor({ presets, defaults }: GatewaySettings, source: Source | undefined) {
    const file = source && { source, path: [] }
    const setOf = (by: InheritedSet['by'], values: CallSet, ...path: string[]): InheritedSet[] =>
      file ? [{ by, values, position: within(file, ...path) }] : []
    const named = Object.entries(presets).map(
      ([name, { call }]) => [name, setOf('preset', call, 'presets', name, 'call')] as const,
    )
    this.#sets = new Map(named.flatMap(([name, sets]) => sets.map((set) => [name, set] as const)))
    this.defaults = defaults.call ? setOf('gateway', defaults.call, 'defaults', 'call') : []
  }

  /** The sets that stand behind a `use`, nearest first; one that is not there is reported. */
  find(use: readonly string[] | undefined, owner: Position, { diagnostics }: Language): InheritedSet[] {
    if (!use) return []
    const isList = Array.isArray(owner.source.valueAt([...owner.path, 'use']))
    const found = use.flatMap((name, index) => {
      const set = this.#sets.get(name)
      if (set) return set
      const at = owner.source.locate([...owner.path, 'use', ...(isList ? [index] : [])])
      const known = [...this.#sets.keys()]
      const help = didYouMean(name, known) ?? (known.length > 0 ? `there are ${known.join(', ')}` : 'there is none')
      diagnostics.add('unknown-preset', `there is no preset \`${name}\``, at, help)
      return []
    })
    return found.reverse()
  }
}
