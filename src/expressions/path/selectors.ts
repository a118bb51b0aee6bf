import type { Filter } from './filter.ts'

/** One selector of a plain query, as all three engines understand it (RFC 9535, 2.3). */
export type Selector =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'wildcard' }
  | {
      readonly kind: 'slice'
      readonly start?: number | undefined
      readonly end?: number | undefined
      readonly step: number
    }
  | { readonly kind: 'filter'; readonly filter: Filter }

/** The selectors of one child segment: `['a', 0]` has two. */
export type Segment = readonly Selector[]

/** The leading names and indexes: where in a document a query begins to look. */
export function prefixOf(segments: readonly Segment[]): (string | number)[] {
  const prefix: (string | number)[] = []
  for (const [selector, ...others] of segments) {
    if (others.length > 0) break
    if (selector?.kind === 'name') prefix.push(selector.name)
    else if (selector?.kind === 'index') prefix.push(selector.index)
    else break
  }
  return prefix
}
