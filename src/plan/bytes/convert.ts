import { colorOfPath } from '../../expressions/color.ts'
import type { Document } from '../../expressions/document.ts'
import { passOverAbsence } from '../../expressions/operators/default.ts'
import { compilePath, type Path } from '../../expressions/path.ts'
import { compileTemplate, isVolatile, readsOf, type Template } from '../../expressions/template.ts'
import type { ItemPart, Part, SlotPart, TextSource } from '../../json/part.ts'
import type { JsonPath } from '../../json/path-tree.ts'

/** A response template as parts of bytes, and what its slots are filled with. */
export interface ByteTemplate {
  readonly part: Part
  readonly slots: readonly ((document: Document) => unknown)[]
  /** Places that parts read as bytes. */
  readonly read: ReadonlySet<string>
  /** Where values are made as ever: these places of the context must be parsed. */
  readonly parsed: readonly JsonPath[]
}

/** Turns a template into parts: what reads `places` by plain paths stays bytes, the rest is evaluated as ever. */
export function convertTemplate(template: Template, places: ReadonlySet<string>): ByteTemplate {
  const converter = new Converter(places)
  const part = converter.convert(template, false) ?? converter.evaluated(template)
  return { part, slots: converter.slots, read: converter.read, parsed: converter.parsed }
}

class Converter {
  readonly slots: ((document: Document) => unknown)[] = []
  readonly read = new Set<string>()
  readonly parsed: JsonPath[] = []
  readonly #places: ReadonlySet<string>
  readonly #slotOf = new Map<string, number>()

  constructor(places: ReadonlySet<string>) {
    this.#places = places
  }

  /** Undefined for what hangs on an element of a list in a way that only a value can tell. */
  convert(template: Template, inEach: boolean): Part | undefined {
    return this.#asBytes(template, inEach) ?? (hangsOnElement(template) ? undefined : this.evaluated(template))
  }

  /** A slot for a value made by the template itself. */
  evaluated(template: Template): Part {
    if (template.kind === 'literal') return template
    return { kind: 'slot', slot: this.slots.push(this.#evaluate(template)) - 1, path: [] }
  }

  #evaluate(template: Template): (document: Document) => unknown {
    for (const { prefix, bound } of readsOf(template)) if (bound) this.parsed.push(prefix)
    return compileTemplate(template)
  }

  #asBytes(template: Template, inEach: boolean): Part | undefined {
    switch (template.kind) {
      case 'path':
        return template.path.singular ? this.#place(template.path.prefix, inEach) : undefined
      case 'expression':
        return template.expression.path && this.#place(template.expression.path, inEach)
      case 'interpolation':
        return this.#text(template, inEach)
      case 'object': {
        const members = convertAll(template.members, ([name, value]) => {
          const part = this.convert(value, inEach)
          return part && ([name, part] as const)
        })
        return members && { kind: 'object', members }
      }
      case 'array': {
        const items = convertAll(template.items, (item) => this.convert(item, inEach))
        return items && { kind: 'array', items }
      }
      case 'operator':
        if (template.operator.name === '$each') return this.#each(template.config as EachConfig, inEach)
        return template.operator.name === '$default' ? this.#firstPresent(template.config as Template[]) : undefined
      default:
        return undefined
    }
  }

  #place(path: JsonPath, inEach: boolean): SlotPart | ItemPart | undefined {
    if (path.some((segment) => typeof segment === 'number' && segment < 0)) return undefined
    if (path[0] === 'item') return inEach ? { kind: 'item', path: path.slice(1) } : undefined
    const found = colorOfPath(path, this.#places)
    if (!found || !('color' in found)) return undefined
    const place = found.color
    this.read.add(place)
    const slot = this.#slotOf.get(place) ?? this.slots.push(compilePlaceReader(place)) - 1
    this.#slotOf.set(place, slot)
    return { kind: 'slot', slot, path: path.slice(place.split('.').length) }
  }

  #text({ parts }: Template & { kind: 'interpolation' }, inEach: boolean): Part | undefined {
    const sources = convertAll(parts, (part): string | TextSource | undefined => {
      if (typeof part === 'string') return part
      const { path, mayBeAbsent } = part.expression
      const place = path && this.#place(path, inEach)
      // Absent it fails: the template then says so.
      return place && { ...place, required: mayBeAbsent === 'path' }
    })
    return sources && { kind: 'text', parts: sources }
  }

  /** `$default` of whole places and of what is evaluated as ever: which one it is, is told when the answer is written. */
  #firstPresent(choices: readonly Template[]): SlotPart | undefined {
    const readers = convertAll(choices, (choice, index) => {
      const place = choice.kind === 'path' && choice.path.singular ? this.#place(choice.path.prefix, false) : undefined
      if (place) return place.path.length === 0 && place.kind === 'slot' ? this.slots[place.slot] : undefined
      if (hangsOnElement(choice)) return undefined
      const read = this.#evaluate(choice)
      return index < choices.length - 1 ? passOverAbsence(read) : read
    })
    if (!readers) return undefined
    const read = (document: Document) => {
      for (const reader of readers) {
        const value = reader(document)
        if (value !== undefined && value !== null) return value
      }
      return undefined
    }
    return { kind: 'slot', slot: this.slots.push(read) - 1, path: [] }
  }

  #each({ list, map, where, omitsFor }: EachConfig, inEach: boolean): Part | undefined {
    // Which elements are left out is known when they are made.
    if (omitsFor || where) return undefined
    const source = this.#asBytes(list, inEach)
    if (source?.kind !== 'slot' && source?.kind !== 'item') return undefined
    const made = this.convert(map, true)
    return made && { kind: 'each', list: source, map: made }
  }
}

/** Reads a place like `product.list` or `steps.reco-2.body`. */
export function compilePlaceReader(place: string): (document: Document) => unknown {
  const segments = place.split('.').map((segment) => `[${JSON.stringify(segment)}]`)
  return (compilePath(`$${segments.join('')}`) as Path).evaluate
}

interface EachConfig {
  readonly list: Template
  readonly map: Template
  readonly where?: unknown
  readonly omitsFor?: unknown
}

/** All of a list converted, or nothing. */
function convertAll<From, To>(
  list: readonly From[],
  convert: (one: From, index: number) => To | undefined,
): To[] | undefined {
  const all: To[] = []
  for (const [index, one] of list.entries()) {
    const made = convert(one, index)
    if (made === undefined) return undefined
    all.push(made)
  }
  return all
}

/** Whether it reads `item` or `index` of an `$each` around it, or is another value for each element of its own accord. */
function hangsOnElement(template: Template): boolean {
  return isVolatile(template) || readsOf(template).some(({ bound }) => !bound)
}
