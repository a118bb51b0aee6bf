import type { Fault } from '../diagnostics/collector.ts'
import { GatewayError } from '../errors.ts'
import { staticPath } from './expression/access.ts'
import { compileNode, toJson } from './expression/compile.ts'
import { parseCel } from './expression/parse.ts'
import { provesAtAll, provesByAsking } from './expression/proofs.ts'
import { EvaluationFailure, type Read, Refusal, type Run, type Scope, type Segments } from './expression/scope.ts'
import {
  type CelType,
  double,
  dyn,
  nameOfValue,
  schemaOfType,
  string,
  type Type,
  typeOfSchema,
} from './expression/types.ts'
import type { JsonSchema } from './schema.ts'

export type { CelType, Read }

/** The names that expressions of one snapshot may use, and their types. */
export interface ExpressionTypes {
  readonly roots: ReadonlyMap<string, Type>
}

/** A compiled CEL expression. */
export interface Expression {
  readonly source: string
  readonly type: CelType
  /** What it gives as a JSON Schema; undefined when nothing is known. */
  readonly schema: JsonSchema | undefined
  readonly reads: readonly Read[]
  /** The place of the context that it names, when it does nothing else: `item.id`. */
  readonly path: Segments | undefined
  /** Paths that are certainly there when it holds, and when it does not: `has(user.id)` proves `user.id`. */
  readonly proves: { readonly whenTrue: readonly Segments[]; readonly whenFalse: readonly Segments[] }
  /**
   * The value, always JSON; undefined when something it needs is missing. Null counts as missing wherever a value is
   * computed with; `x == null` asks for both. Throws a GatewayError when the data does not fit: `invalid-input` if it
   * came with the request alone, else `internal`.
   */
  evaluate(document: Record<string, unknown>): unknown
  /** Whether it holds, as a condition: something missing makes it false. Throws as `evaluate` does. */
  test(document: Record<string, unknown>): boolean
}

const maxVisits = 1_000_000

/** Collects the types of colors and of the reserved names; made once for a snapshot. */
export function createExpressionTypes(colors: ReadonlyMap<string, JsonSchema>): ExpressionTypes {
  const roots = new Map<string, Type>()
  for (const [color, schema] of colors) {
    let members = roots
    const segments = color.split('.')
    for (const [depth, segment] of segments.slice(0, -1).entries()) {
      const namespace = segments.slice(0, depth + 1).join('.')
      const place = members.get(segment) ?? { kind: 'map', members: new Map(), closed: true, namespace }
      members.set(segment, place)
      members = place.members as Map<string, Type>
    }
    members.set(segments.at(-1)!, typeOfSchema(schema))
  }
  for (const [name, type] of Object.entries(reserved)) roots.set(name, type)
  return { roots }
}

/** For a document of which nothing is known: any name may be there, as anything. */
export const openTypes: ExpressionTypes = {
  roots: new (class extends Map<string, Type> {
    override get(): Type {
      return dyn
    }
  })(),
}

const open: Type = { kind: 'map' }
const reserved: Record<string, Type> = {
  request: closed({
    method: string,
    path: string,
    params: open,
    query: open,
    headers: open,
    cookies: open,
    body: dyn,
    claims: open,
    ip: string,
    id: string,
  }),
  steps: dyn,
  item: dyn,
  index: double,
  error: closed({ code: string, status: double, step: string, title: string, detail: string, body: dyn }),
}

function closed(members: Record<string, Type>): Type {
  return { kind: 'map', members: new Map(Object.entries(members)), closed: true }
}

/** Compiles a CEL expression, all its types checked as far as they are known. Offsets of a fault are in `source`. */
export function compileExpression(source: string, types: ExpressionTypes): Expression | Fault {
  const node = parseCel(source)
  if ('code' in node) return node
  const reads: Read[] = []
  const budget = { left: 0 }
  const scope: Scope = { roots: types.roots, variables: new Map(), guards: [], reads, budget, compile: compileNode }
  try {
    const { type, run } = compileNode(node, scope)
    const evaluate = guard(source, reads, budget, run)
    const { whenTrue } = provesAtAll(node, scope.variables)
    const { whenFalse } = provesByAsking(node, scope.variables)
    return {
      source,
      type: type.kind,
      schema: schemaOfType(type),
      reads,
      path: staticPath(node, scope.variables),
      proves: { whenTrue, whenFalse },
      evaluate: /\b(timestamp|duration)\b/.test(source) ? (document) => toJson(evaluate(document)) : evaluate,
      test: compileTest(source, reads, evaluate),
    }
  } catch (error) {
    if (error instanceof Refusal) return error.fault
    return {
      code: 'invalid-expression',
      message: 'the expression is nested too deeply',
      offset: 0,
      length: source.length,
    }
  }
}

function guard(source: string, reads: readonly Read[], budget: { left: number }, run: Run): Run {
  return (document) => {
    budget.left = maxVisits
    try {
      return run(document)
    } catch (cause) {
      const why = cause instanceof RangeError ? 'it needs too much' : 'it met data that it cannot work with'
      throw failure(source, reads, cause instanceof EvaluationFailure ? cause.message : why, cause)
    }
  }
}

function compileTest(source: string, reads: readonly Read[], evaluate: Run): Expression['test'] {
  return (document) => {
    const value = evaluate(document)
    if (typeof value === 'boolean') return value
    if (value === undefined || value === null) return false
    throw failure(source, reads, `a condition must be true or false, this is a ${nameOfValue(value)}`)
  }
}

function failure(source: string, reads: readonly Read[], why: string, cause?: unknown): GatewayError {
  const fromRequest = reads.length > 0 && reads.every(({ path }) => path[0] === 'request')
  return new GatewayError(fromRequest ? 'invalid-input' : 'internal', {
    detail: `the expression \`${source.trim()}\` failed: ${why}`,
    cause,
  })
}
