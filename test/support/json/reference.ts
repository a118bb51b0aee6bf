import type { Part, TextSource } from '../../../src/json/part.ts'
import { Decimal } from '../../../src/numbers.ts'
import { valueAt } from './values.ts'

/** What a writer says by giving up. */
export class GivenUp extends Error {}

/** What a part means, word for word, on parsed values. Throws GivenUp where a writer must give up. */
export function fillPart(part: Part, slots: readonly unknown[], item?: unknown): unknown {
  switch (part.kind) {
    case 'literal':
      return part.value
    case 'slot':
      return valueAt(slots[part.slot], part.path)
    case 'item':
      return valueAt(item, part.path)
    case 'object': {
      const members = part.members.map(([name, value]) => [name, fillPart(value, slots, item)] as const)
      return Object.fromEntries(members.filter(([, value]) => value !== undefined))
    }
    case 'array':
      return part.items.map((value) => fillPart(value, slots, item) ?? null)
    case 'each': {
      const list = fillPart(part.list, slots, item) ?? undefined
      if (list !== undefined && !Array.isArray(list)) throw new GivenUp()
      return list?.map((element) => fillPart(part.map, slots, element) ?? null)
    }
    case 'text':
      return part.parts.map((piece) => (typeof piece === 'string' ? piece : printPiece(piece, slots, item))).join('')
  }
}

function printPiece(piece: TextSource, slots: readonly unknown[], item: unknown): string {
  const value = fillPart(piece, slots, item)
  if (value === undefined && piece.required) throw new GivenUp()
  if (value === undefined || value === null) return ''
  if (typeof value === 'object' && !(value instanceof Decimal)) throw new GivenUp()
  return String(value)
}
