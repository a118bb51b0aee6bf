import type { Language } from '../binding/color.ts'
import { bindHeaders } from '../binding/headers.ts'
import { type Position, within } from '../binding/shape.ts'
import type { Location } from '../diagnostics/diagnostic.ts'
import type { Document } from '../expressions/document.ts'
import { textOfScalar, textsOfList } from '../formats/scalars.ts'
import { isHeaderValue } from '../header-fields.ts'
import type { PolicyOrigin } from '../operations/origin.ts'

/** Constant headers that the answers of a route carry, in lower case. */
export type ConstantHeaders = Readonly<Record<string, string | string[]>>

/** What every answer of a route carries unless it says otherwise itself. */
export interface RouteHeaders {
  readonly onSuccess: ConstantHeaders
  /** From 400 on: what lets caches keep an answer is left out. */
  readonly onError: ConstantHeaders
}

/** The same, with who says what. */
export interface BoundHeaders extends RouteHeaders {
  readonly origins: ReadonlyMap<string, PolicyOrigin>
}

interface HeaderSet {
  readonly by: PolicyOrigin['by']
  readonly values: { readonly headers?: Readonly<Record<string, unknown>> | undefined }
  readonly position: Position
}

/** These tell of one answer. */
const ofOneAnswer =
  /^(content-(type|encoding|range|location|disposition)|etag|last-modified|age|date|location|allow|retry-after)$/
/** An error that a cache keeps outlives what caused it. */
const ofCaches: ReadonlySet<string> = new Set(['cache-control', 'expires', 'pragma'])

/** Binds the `headers` of a route and of what it inherits, nearest first: the nearest wins, name by name. */
export function bindRouteHeaders(sets: readonly HeaderSet[], language: Language): BoundHeaders | undefined {
  const bound = new Map<string, { readonly value: string | string[]; readonly origin: PolicyOrigin }>()
  for (const { by, values, position } of sets) {
    if (!values.headers) continue
    const here = within(position, 'headers')
    for (const { name, value } of bindHeaders(values.headers, 'response', here, language)) {
      const text = value.reads.length > 0 ? undefined : constantOf(value.evaluate)
      const isOfAll = !ofOneAnswer.test(name)
      if (text === undefined || !isOfAll) refuse(name, isOfAll, value.at, language)
      else if (!bound.has(name)) bound.set(name, { value: text, origin: { by, at: value.at } })
    }
  }
  if (bound.size === 0) return undefined
  const onSuccess = Object.fromEntries([...bound].map(([name, { value }]) => [name, value]))
  const onError = Object.fromEntries(Object.entries(onSuccess).filter(([name, value]) => isSafeOnError(name, value)))
  return { onSuccess, onError, origins: new Map([...bound].map(([name, { origin }]) => [name, origin])) }
}

function isSafeOnError(name: string, value: string | string[]): boolean {
  return !ofCaches.has(name) || (name === 'cache-control' && /\bno-store\b/i.test(String(value)))
}

/** Its text; undefined where it has none before there is a request. */
function constantOf(evaluate: (document: Document) => unknown): string | string[] | undefined {
  try {
    const value = evaluate({ request: {}, steps: {} })
    const text = Array.isArray(value) ? textsOfList(value) : textOfScalar(value)
    return text !== undefined && [text].flat().every(isHeaderValue) ? text : undefined
  } catch {
    return undefined
  }
}

function refuse(name: string, isOfAll: boolean, at: Location, { diagnostics }: Language): void {
  const message = isOfAll
    ? 'a header of every answer, refusals too, is a constant'
    : `\`${name}\` tells of one answer, and these headers are on every one`
  diagnostics.add('invalid-value', message, at, 'what an answer says of itself stands in `response.headers`')
}
