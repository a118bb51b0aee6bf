import type { Language } from '../binding/color.ts'
import { type Position, within } from '../binding/shape.ts'
import type { CallSet } from '../config/call-set.ts'
import type { GatewaySettings } from '../config/gateway.ts'
import type { DiagnosticCollector } from '../diagnostics/collector.ts'
import type { Location } from '../diagnostics/diagnostic.ts'
import { listNames, suggest } from '../diagnostics/suggest.ts'
import type { RouteSet } from '../operations/route-set.ts'
import type { Source } from '../yaml/source.ts'

/** What a set may be about. */
interface Sets {
  readonly call: CallSet
  readonly route: RouteSet
}

/** What is said once, and where. */
export interface InheritedSet<Values = CallSet> {
  readonly by: 'preset' | 'gateway'
  readonly values: Values
  readonly position: Position
}

/** What the gateway's file says once of calls, and of routes. */
export class Presets {
  readonly #settings: GatewaySettings
  readonly #isWhole: boolean
  readonly #file: Position | undefined

  /** `isWhole`: all files could be read, so that a preset that is not there is in none. */
  constructor(settings: GatewaySettings, source: Source | undefined, isWhole: boolean) {
    this.#settings = settings
    this.#isWhole = isWhole
    this.#file = source && { source, path: [] }
  }

  /** What holds for all of them. */
  defaults<About extends keyof Sets>(about: About): InheritedSet<Sets[About]>[] {
    return this.#setOf('gateway', this.#settings.defaults as Partial<Sets>, 'defaults', about)
  }

  /** The sets that stand behind a `use`, nearest first; one that is not there, or says nothing of such, is reported. */
  find<About extends keyof Sets>(
    about: About,
    use: readonly string[] | undefined,
    owner: Position,
    { diagnostics, usedNames }: Pick<Language, 'diagnostics' | 'usedNames'>,
  ): InheritedSet<Sets[About]>[] {
    if (!use) return []
    const isList = Array.isArray(owner.source.valueAt([...owner.path, 'use']))
    const found = use.flatMap((name, index) => {
      usedNames?.add(name)
      const sets = this.#named(about, name)
      if (sets.length === 0) {
        this.#refuse(about, name, within(owner, 'use', ...(isList ? [index] : [])), diagnostics)
      }
      return sets
    })
    return found.reverse()
  }

  /** Where each is declared. */
  places(): Map<string, Location> {
    const names = this.#file ? Object.keys(this.#settings.presets) : []
    return new Map(names.map((name) => [name, this.#file!.source.locateKey(['presets', name])]))
  }

  #named<About extends keyof Sets>(about: About, name: string): InheritedSet<Sets[About]>[] {
    const { presets } = this.#settings
    return Object.hasOwn(presets, name)
      ? this.#setOf('preset', presets[name]! as Partial<Sets>, 'presets', name, about)
      : []
  }

  #setOf<About extends keyof Sets>(
    by: InheritedSet['by'],
    owner: Partial<Sets>,
    ...path: [...string[], About]
  ): InheritedSet<Sets[About]>[] {
    const values = owner[path.at(-1) as About]
    return this.#file && values ? [{ by, values, position: within(this.#file, ...path) }] : []
  }

  #refuse(about: keyof Sets, name: string, at: Position, diagnostics: DiagnosticCollector): void {
    const { presets } = this.#settings
    const fit = Object.keys(presets).filter((one) => presets[one]![about] !== undefined)
    const isThere = Object.hasOwn(presets, name)
    if (!isThere && !this.#isWhole) return
    const near = suggest(name, fit)
    const help =
      near === undefined
        ? `there ${fit.length === 0 ? 'is none' : `are ${listNames(fit)}`}`
        : `did you mean \`${near}\`?`
    const message = isThere
      ? `the preset \`${name}\` has no \`${about}\`, and says nothing here`
      : `there is no preset \`${name}\``
    diagnostics.add('unknown-preset', message, at.source.locate(at.path), help)
  }
}
