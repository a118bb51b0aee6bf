import { isContainer } from '../container.ts'
import { spend } from '../work.ts'
import { entriesOf } from './keyed-map.ts'
import { Duration, Timestamp } from './time.ts'

/** What an expression gives, as JSON: times become text. */
export function toJson(value: unknown): unknown {
  if (value instanceof Timestamp || value instanceof Duration) return value.toJSON()
  if (!isContainer(value)) return value
  spend(1)
  if (Array.isArray(value)) return value.map(toJson)
  return Object.fromEntries(entriesOf(value).map(([name, member]) => [name, toJson(member)]))
}
