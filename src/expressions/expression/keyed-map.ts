import { isNumber, isWhole, keyOfNumber } from '../../numbers.ts'
import { computable } from '../arithmetic.ts'

/**
 * A map with a key that is a number or a boolean: `{1: 'gold', 2: 'silver'}[user.tier]`. JSON has none, so where one
 * leaves its expression its keys become text, as protobuf writes them.
 */
export class KeyedMap {
  readonly members = new Map<unknown, unknown>()

  /** False where there is a member of that key. */
  add(key: unknown, value: unknown): boolean {
    const own = keyOf(key)
    if (own === undefined || this.members.has(own)) return false
    this.members.set(own, value)
    return true
  }

  get(key: unknown): unknown {
    return this.members.get(keyOf(key))
  }

  get size(): number {
    return this.members.size
  }

  keys(): unknown[] {
    return [...this.members.keys()]
  }

  toEntries(): [name: string, value: unknown][] {
    return [...this.members].map(([key, value]) => [String(key), value])
  }
}

/** Undefined for what is no key. */
function keyOf(key: unknown): unknown {
  if (isNumber(key)) return isWhole(key) ? keyOfNumber(computable(key)) : undefined
  return typeof key === 'string' || typeof key === 'boolean' ? key : undefined
}

/** The members of a map, a number or boolean among its keys written as text. */
export function entriesOf(value: object): [name: string, value: unknown][] {
  return value instanceof KeyedMap ? value.toEntries() : Object.entries(value)
}
