import type { Fault } from '../diagnostics/collector.ts'
import { GatewayError } from '../errors.ts'
import { parseExtended } from './path/extended.ts'
import { compilePlain, compileSingular } from './path/plain.ts'
import type { Reach } from './path/reach.ts'
import { parseStandard } from './path/rfc9535.ts'
import { prefixOf } from './path/selectors.ts'

/** A compiled JSONPath query (RFC 9535). */
export interface Path {
  readonly query: string
  /** Made of names and indexes only, so that it finds at most one value. */
  readonly singular: boolean
  /** The leading names and indexes; for a singular query all of them. */
  readonly prefix: readonly (string | number)[]
  /** Prefixes of all it reads: its own first, then those of absolute queries inside its filters. */
  readonly reads: readonly (readonly (string | number)[])[]
  /** Where in the document all lies that it may give, and what its filters look at. */
  readonly reach: Reach
  /**
   * A singular query gives the value, or undefined where there is nothing (a JSON null is null); any other gives an
   * array. Throws only a GatewayError: `invalid-response` for a document it cannot walk (nested too deeply).
   */
  evaluate(document: unknown): unknown
}

/** Whether a string of a template is a query: `$`, or one that starts with `$.` or `$[`. */
export function isPath(text: string): boolean {
  return text === '$' || text.startsWith('$.') || text.startsWith('$[')
}

/**
 * Compiles a query, choosing its engine: closures of our own for names, indexes, wildcards, slices and
 * filters that compare by singular queries; json-p3 for the rest of RFC 9535; jsonpath-plus only for a query that RFC 9535 refuses and that uses `^`, `~` or `@string()`.
 */
export function compilePath(query: string): Path | Fault {
  if (query.length > maxKept) return compile(query)
  let path = compiled.get(query)
  if (!path) {
    path = compile(query)
    if (compiled.size >= maxCompiled) compiled.clear()
    compiled.set(query, path)
  }
  return path
}

/** By their text: one configuration writes most of its queries many times, and a reload brings them all again. */
const compiled = new Map<string, Path | Fault>()
const maxCompiled = 2000
const maxKept = 200

function compile(query: string): Path | Fault {
  const simple = parseSimple(query)
  if (simple) return ofSegments(query, simple)
  const standard = parseStandard(query)
  if ('code' in standard) {
    const extended = standard.code === 'invalid-jsonpath' ? parseExtended(query) : undefined
    if (!extended || 'code' in extended) return extended ?? standard
    const { prefix, evaluate } = extended
    // Its own library takes a name for an index too: from there on anything may be read.
    const area = prefix.slice(0, firstDigits(prefix))
    const reach: Reach = { area, isExact: false, compared: [] }
    return { query, singular: false, prefix, reads: [prefix], reach, evaluate: guard(query, evaluate) }
  }
  const { singular, plain, leading, inner, reach } = standard
  const prefix = prefixOf(leading)
  const reads = [prefix, ...inner.map(prefixOf)]
  if (singular) return ofSegments(query, prefix)
  const evaluate = plain ? compilePlain(leading) : guard(query, standard.evaluate)
  return { query, singular, prefix, reads, reach, evaluate }
}

function ofSegments(query: string, prefix: readonly (string | number)[]): Path {
  const reach: Reach = { area: prefix, isExact: true, compared: [] }
  return { query, singular: true, prefix, reads: [prefix], reach, evaluate: compileSingular(prefix) }
}

function firstDigits(prefix: readonly (string | number)[]): number {
  const found = prefix.findIndex((segment) => /^\d+$/.test(String(segment)))
  return found < 0 ? prefix.length : found
}

const maxSimple = 500

/** The names and indexes of a query that has nothing else, like `$.product.list[0].id`: most of them, read at once. */
function parseSimple(query: string): (string | number)[] | undefined {
  if (query.length > maxSimple || !/^\$(?:\.[A-Za-z_]\w*|\[(?:0|[1-9]\d{0,8}|"[A-Za-z_]\w*")\])*$/.test(query))
    return undefined
  return [...query.matchAll(/(?:\.|\[")(\w+)|\[(\d+)/g)].map(([, name, index]) => name ?? Number(index))
}

/** A library's evaluation of a hostile document fails as a GatewayError, whatever it threw. */
function guard(query: string, evaluate: (document: unknown) => unknown[]): (document: unknown) => unknown[] {
  return (document) => {
    try {
      return evaluate(document)
    } catch (cause) {
      if (cause instanceof GatewayError) throw cause
      throw new GatewayError('invalid-response', { detail: `\`${query}\` cannot be read from this document`, cause })
    }
  }
}
