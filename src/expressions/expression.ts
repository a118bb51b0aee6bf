import type { Fault } from '../diagnostics/collector.ts'
import type { Environment } from '../environment.ts'
import { GatewayError } from '../errors.ts'
import { isAccess, staticPath } from './expression/access.ts'
import { compileNode } from './expression/compile.ts'
import { celFunctions, celLibraries } from './expression/functions/index.ts'
import { toJson } from './expression/json-value.ts'
import { macroGroups, macros, nameOfMacro } from './expression/macros/index.ts'
import { findProofs } from './expression/proofs.ts'
import {
  Absence,
  type Bindings,
  type CelFunction,
  type CelFunctions,
  demand,
  type Evaluate,
  EvaluationFailure,
  type Read,
  Refusal,
  type Segments,
} from './expression/scope.ts'
import { parseCel } from './expression/syntax/parse.ts'
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

export type { CelFunction, CelFunctions, CelType, Read }
export { celFunctions, celLibraries, macroGroups, nameOfMacro }

/** What is called like a function and is none. */
export const celMacroNames: readonly string[] = macros.map(({ name }) => name)

/** The names that expressions of one snapshot may use, and their types. */
export interface ExpressionTypes {
  readonly roots: ReadonlyMap<string, Type>
  /** What they may call, macros and `matches` aside. */
  readonly functions: CelFunctions
  /** What `env.NAME` reads when an expression is compiled; without it `env` is a name like others. */
  readonly env?: Environment | undefined
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
  /** When it may give nothing: it is a path and no more, or an optional that nobody opens. */
  readonly mayBeAbsent: 'path' | 'optional' | undefined
  /** It calls `now()` or `uuid()`: not what it reads alone says what it gives. */
  readonly isVolatile: boolean
  /** It reads a variable of the environment, whose value may be a secret. */
  readonly readsEnvironment: boolean
  /**
   * The value, always JSON; undefined for a path or optional that is absent. Throws `expression-failed` for whatever
   * else it cannot work with, anything absent that it does something with included.
   */
  evaluate(document: Record<string, unknown>): unknown
  /** The value where one is needed: a path that is absent fails too, an optional is undefined. */
  demand(document: Record<string, unknown>): unknown
  /** Whether it holds, as a condition. Throws as `demand` does. */
  test(document: Record<string, unknown>): boolean
}

export interface ExpressionOptions {
  /** For a condition that lets in: what is absent must not be compared either. */
  readonly strict?: boolean
}

/** Collects the types of colors and of the reserved names; made once for a snapshot. */
export function createExpressionTypes(
  colors: ReadonlyMap<string, JsonSchema>,
  functions: CelFunctions = celFunctions,
): ExpressionTypes {
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
  return { roots, functions }
}

/** For a document of which nothing is known: any name may be there, as anything. */
export const openTypes: ExpressionTypes = {
  roots: new (class extends Map<string, Type> {
    override get(): Type {
      return dyn
    }
  })(),
  functions: celFunctions,
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
    raw: dyn,
    claims: open,
    ip: string,
    id: string,
  }),
  claims: open,
  auth: closed({
    scheme: string,
    subject: string,
    scopes: { kind: 'list', element: string },
    roles: { kind: 'list', element: string },
    expires: double,
  }),
  steps: dyn,
  item: dyn,
  index: double,
  error: closed({
    code: string,
    status: double,
    step: string,
    title: string,
    detail: string,
    headers: open,
    body: dyn,
  }),
}

function closed(members: Record<string, Type>): Type {
  return { kind: 'map', members: new Map(Object.entries(members)), closed: true }
}

/** Compiles a CEL expression, all its types checked as far as they are known. Offsets of a fault are in `source`. */
export function compileExpression(
  source: string,
  types: ExpressionTypes,
  { strict = false }: ExpressionOptions = {},
): Expression | Fault {
  const node = parseCel(source)
  if ('code' in node) return node
  const reads: Read[] = []
  const notes = { hasMoreThanJson: false, isVolatile: false, readsEnvironment: false }
  const { roots, env, functions } = types
  const scope: Bindings = {
    roots,
    env,
    functions,
    variables: new Map(),
    guards: [],
    reads,
    notes,
    strict,
    compile: compileNode,
  }
  try {
    const { type, run } = compileNode(node, scope)
    const mayBeAbsent = type.optional ? 'optional' : isAccess(node) ? 'path' : undefined
    const evaluate = guard(source, notes.hasMoreThanJson ? (it) => toJson(run(it)) : run)
    const needed = mayBeAbsent === 'path' ? guard(source, demand(run, source.trim())) : evaluate
    return {
      source,
      type: type.kind,
      schema: schemaOfType(type),
      reads,
      path: reads.length > 0 ? staticPath(node, scope.variables) : undefined,
      proves: findProofs(node, scope.variables),
      mayBeAbsent,
      isVolatile: notes.isVolatile,
      readsEnvironment: notes.readsEnvironment,
      evaluate,
      demand: needed,
      test: compileTest(source, needed),
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

function guard(source: string, run: Evaluate): Evaluate {
  return (document) => {
    try {
      return run(document)
    } catch (cause) {
      // What ends the request for another reason is no matter of this expression.
      if (cause instanceof GatewayError) throw cause
      const why = cause instanceof RangeError ? 'it needs too much' : 'it met data that it cannot work with'
      throw failure(source, cause instanceof EvaluationFailure ? cause.message : why, cause)
    }
  }
}

function compileTest(source: string, evaluate: Evaluate): Expression['test'] {
  return (document) => {
    const value = evaluate(document)
    if (typeof value === 'boolean') return value
    throw failure(source, `a condition must be true or false, this is ${nameOfValue(value)}`)
  }
}

/** What of the expression failed is for the operator: it goes into the log and the span, not to the client. */
function failure(source: string, why: string, cause?: unknown): GatewayError {
  const reason = `the expression \`${source.trim()}\` failed: ${why}`
  return new GatewayError('expression-failed', { reason, isAbsence: cause instanceof Absence, cause })
}
