import type { JsonPath } from './path-tree.ts'

/** What an answer is made of: a template whose values stay bytes. */
export type Part =
  | { readonly kind: 'literal'; readonly value: unknown }
  | SlotPart
  | ItemPart
  /** An absent member is left out. */
  | { readonly kind: 'object'; readonly members: readonly (readonly [name: string, value: Part])[] }
  /** An absent item is null. */
  | { readonly kind: 'array'; readonly items: readonly Part[] }
  /** A value of each element; absent for an absent list or null, and what is absent of an element is null. */
  | { readonly kind: 'each'; readonly list: SlotPart | ItemPart; readonly map: Part }
  /** One string: absent values and null are nothing in it. */
  | { readonly kind: 'text'; readonly parts: readonly (string | TextSource)[] }

/** What stands at a path of one of the values that a writer is called with. */
export interface SlotPart {
  readonly kind: 'slot'
  readonly slot: number
  readonly path: JsonPath
}

/** What stands at a path of the element of the innermost `each`. */
export interface ItemPart {
  readonly kind: 'item'
  readonly path: JsonPath
}

/** A value inside text. The writer gives up when a required one is absent. */
export type TextSource = (SlotPart | ItemPart) & { readonly required?: boolean }
