import { isDeepStrictEqual } from 'node:util'
import { isReserved } from '../expressions/document.ts'
import type { JsonSchema } from '../expressions/schema.ts'
import type { ColorEntry } from './draft.ts'

const notes = new Set(['description', 'title', 'examples', 'example', 'default', 'format', 'sensitivity', 'deprecated'])

/** The colors that an import needs: those that the project has already, and new ones, named as near as can be. */
export class ColorProposals {
  readonly #types = new Map<string, unknown>()
  /** Everything that some color lies below. */
  readonly #namespaces = new Set<string>()
  readonly #proposed = new Map<string, ColorEntry>()
  #characters = 0

  constructor(existing: ReadonlyMap<string, JsonSchema>) {
    for (const [name, schema] of existing) this.#remember(name, schema)
  }

  /**
   * A color of this type. One of the same name and type is the same color, notes aside; one of another type, or one
   * that lies inside another, gets a name beside it. It is none of `except`.
   */
  propose(wanted: string, entry: ColorEntry, except: ReadonlySet<string> = new Set()): string {
    const base = this.#freeName(wanted)
    const type = typeOf(entry)
    for (let number = 1; ; number += 1) {
      const name = number === 1 ? base : `${base}${number}`
      if (except.has(name) || this.#namespaces.has(name)) continue
      if (!this.#types.has(name)) {
        this.#remember(name, entry)
        this.#proposed.set(name, entry)
        this.#characters += JSON.stringify(entry).length + name.length
        return name
      }
      if (isDeepStrictEqual(this.#types.get(name), type)) return name
    }
  }

  /** About how long the new ones are as text. */
  get length(): number {
    return this.#characters
  }

  /** The new ones, by name. */
  get entries(): Record<string, ColorEntry> {
    return Object.fromEntries([...this.#proposed].sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  /** The name with its first segment changed where that is reserved or a color itself. */
  #freeName(wanted: string): string {
    const [first, ...rest] = wanted.split('.')
    let namespace = first!
    const isTaken = () => {
      const path = [namespace]
      if (isReserved(namespace)) return true
      return rest.some((segment) => {
        const inside = this.#types.has(path.join('.'))
        path.push(segment)
        return inside
      })
    }
    while (isTaken()) namespace += 'Data'
    return [namespace, ...rest].join('.')
  }

  #remember(name: string, entry: unknown): void {
    this.#types.set(name, typeOf(entry))
    const segments = name.split('.')
    for (let length = 1; length < segments.length; length += 1)
      this.#namespaces.add(segments.slice(0, length).join('.'))
  }
}

/** A schema without its notes, which do not change what values it has. */
function typeOf(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(typeOf)
  if (typeof schema !== 'object' || schema === null) return schema
  return Object.fromEntries(
    Object.entries(schema).flatMap(([key, value]) => {
      if (notes.has(key) && typeof value !== 'object') return []
      if (key === 'examples' || value === undefined) return []
      return [[key, typeOf(value)]]
    }),
  )
}
