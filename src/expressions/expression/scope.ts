import type { DiagnosticCode } from '../../diagnostics/codes.ts'
import type { Fault } from '../../diagnostics/collector.ts'
import type { Environment } from '../../environment.ts'
import { EvaluationFailure } from './failing.ts'
import type { CelNode } from './syntax/node.ts'
import type { CelType, Type } from './types.ts'

/** Evaluates a piece of an expression. Only a path and an optional give undefined: what they name is absent. */
export type Evaluate = (document: Record<string, unknown>) => unknown

export interface Compiled {
  readonly type: Type
  readonly run: Evaluate
}

export type Segments = readonly (string | number)[]

/** One place of the context that an expression reads. */
export interface Read {
  readonly path: Segments
  readonly offset: number
  readonly length: number
  /** Only looked at through has(), `.?` or a comparison with null, or where something around shows that it is there. */
  readonly guarded: boolean
  /** The expression fails where it is absent. */
  readonly needed: boolean
  /** Only asked for: whether it is there shows in what the expression gives, its value does not. */
  readonly asked: boolean
}

/** A name bound inside the expression, by a macro or `cel.bind`. Evaluation is synchronous, so one cell is enough. */
export interface Variable {
  readonly type: Type
  readonly cell: { value: unknown }
}

/** A function or method, called with arguments that are there and of the kinds it takes (a method's receiver first). */
export interface CelFunction {
  /** With a dot where it stands in a space: `math.abs`. */
  readonly name: string
  /** `method`: called as `a.f(b)`, else as `f(a, b)`. */
  readonly form: 'function' | 'method'
  /** The kinds each argument may have; `double` stands for every number, none for anything. */
  readonly takes: readonly (readonly CelType[])[]
  /** The last argument may come more than once. */
  readonly isVariadic?: boolean | undefined
  /** An optional may be undefined: none. */
  readonly gives: Type | ((...given: readonly Type[]) => Type)
  /** It is given numbers with their value; others get doubles. */
  readonly exact?: boolean | undefined
  /** It does not give the same for the same arguments. */
  readonly isVolatile?: boolean | undefined
  /** What is wrong with arguments that are known at load; undefined stands for those that are not. */
  readonly refuse?: ((...literals: readonly unknown[]) => string | undefined) | undefined
  /** For the reference, once of each name. */
  readonly summary?: string | undefined
  readonly example?: readonly [expression: string, value: string] | undefined
  // biome-ignore lint/suspicious/noExplicitAny: `takes` was checked before
  readonly call: (...values: any[]) => unknown
}

/** What expressions may call, macros and `matches` aside. */
export type CelFunctions = readonly CelFunction[] & {
  /** False when there are others, of which nothing is known. */
  readonly isWhole?: boolean
}

export interface Notes {
  /** It makes values that JSON has not, so what it gives is looked through. */
  hasMoreThanJson: boolean
  /** It gives another value each time, or for each request, whatever it reads. */
  isVolatile: boolean
  /** It reads a variable of the environment. */
  readsEnvironment: boolean
}

/** What a piece of an expression is compiled in. */
export interface Bindings {
  readonly roots: ReadonlyMap<string, Type>
  readonly env: Environment | undefined
  readonly functions: CelFunctions
  readonly variables: ReadonlyMap<string, Variable>
  /** Paths shown to be there by the condition around. */
  readonly guards: readonly Segments[]
  readonly reads: Read[]
  /** What is noted while it is compiled. */
  readonly notes: Notes
  /** For conditions that let in: what is compared has to be there too. */
  readonly strict: boolean
  readonly compile: (node: CelNode, scope: Bindings) => Compiled
}

/** Ends the compilation of an expression. */
export class Refusal extends Error {
  readonly fault: Fault
  constructor(fault: Fault) {
    super(fault.message)
    this.fault = fault
  }
}

export function refuse(
  at: { readonly start: number; readonly end: number },
  message: string,
  help?: string,
  code: DiagnosticCode = 'invalid-expression',
): never {
  throw new Refusal({ code, message, offset: at.start, length: Math.max(1, at.end - at.start), help })
}

/** What it cannot go on without is absent: `$default` passes over that. */
export class Absence extends EvaluationFailure {}

/** Demands a value. What is absent is known at load, so one failure serves all requests: a stack is taken once, if ever. */
export function demand(run: Evaluate, what: string): Evaluate {
  let absence: Absence | undefined
  return (document) => {
    const value = run(document)
    if (value !== undefined) return value
    absence ??= new Absence(`\`${what}\` is absent`)
    throw absence
  }
}

export { EvaluationFailure, fail } from './failing.ts'
