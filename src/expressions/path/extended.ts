import { createRequire } from 'node:module'
import type { Fault } from '../../diagnostics/collector.ts'
import { spend } from '../work.ts'
import { parseStandard } from './rfc9535.ts'
import { prefixOf } from './selectors.ts'

/** A query in jsonpath-plus's own tongue: RFC 9535 and `^` (parent), `~` (property name), `@string()` and the like. */
export interface ExtendedQuery {
  readonly prefix: readonly (string | number)[]
  evaluate(document: unknown): unknown[]
}

const quoted = /'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"/g
const extension = /\^|~$|@(?:scalar|boolean|string|integer|number|object|array|null)\(\)/g

/** Undefined when the query uses none of the extensions, or is wrong even without them. */
export function parseExtended(query: string): ExtendedQuery | Fault | undefined {
  // Same length, so offsets stay true; what is in quotes is a name, whatever it looks like.
  const bare = query.replace(quoted, (name) => `${name[0]}${'x'.repeat(name.length - 2)}${name[0]}`)
  const places = [...bare.matchAll(extension)]
  if (places.length === 0) return undefined
  let without = ''
  let copied = 0
  for (const { index, 0: found } of places) {
    without += query.slice(copied, index)
    copied = index + found.length
  }
  const standard = parseStandard(without + query.slice(copied))
  const head = parseStandard(query.slice(0, places[0]!.index))
  if ('code' in standard || 'code' in head) return undefined
  if (/\[\s*\?|,\s*\?/.test(bare) || /[[,]\s*-\d+\s*[\],]/.test(bare)) {
    return {
      code: 'invalid-jsonpath',
      message: 'a filter or a negative index cannot stand beside `^`, `~` or a type selector',
      offset: 0,
      length: query.length,
      help: 'read the values with a query of their own',
    }
  }
  const prefix = prefixOf(head.leading)
  const { JSONPath } = createRequire(import.meta.url)('jsonpath-plus') as typeof import('jsonpath-plus')
  const descents = bare.split('..').length - 1
  const parents = places.filter(([found]) => found === '^').length
  return {
    prefix: prefix.slice(0, Math.max(0, prefix.length - parents)),
    evaluate: (document) => {
      // What the library visits it does not tell, and nothing stops it: all that it may visit is taken before.
      const { count, depth } = measureValues(document)
      spend(visitWork * count * (descents === 0 ? 1 : Math.max(1, depth) ** (descents - 1)))
      const found = JSONPath({ path: query, json: document as object, eval: false, wrap: true })
      return (found as unknown[] | undefined) ?? []
    },
  }
}

/** A visit by jsonpath-plus costs as much as several of ours. */
const visitWork = 8

/** How many values there are inside one, and how deep they lie. */
function measureValues(value: unknown): { count: number; depth: number } {
  let level = [value]
  let count = 0
  let depth = 0
  while (level.length > 0) {
    count += level.length
    spend(level.length)
    depth += 1
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []))
  }
  return { count, depth }
}
