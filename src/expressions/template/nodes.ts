import type { DiagnosticCode } from '../../diagnostics/codes.ts'
import type { Fault } from '../../diagnostics/collector.ts'
import type { Area } from '../area.ts'
import type { Document } from '../document.ts'
import type { Expression } from '../expression.ts'
import type { Path } from '../path.ts'
import type { JsonSchema } from '../schema.ts'

/** Keys and indexes from the root of a template to one of its values. */
export type Where = readonly (string | number)[]

/** A parsed template. `at` is where a node sits inside the whole. */
export type Template =
  /** `isOpaque`: of the environment, so what it is shows in no schema and no message. */
  | { readonly kind: 'literal'; readonly at: Where; readonly value: unknown; readonly isOpaque?: boolean }
  | { readonly kind: 'path'; readonly at: Where; readonly path: Path }
  | ({ readonly kind: 'expression'; readonly at: Where } & EmbeddedExpression)
  | {
      readonly kind: 'interpolation'
      readonly at: Where
      readonly parts: readonly (string | EmbeddedExpression)[]
      readonly isOpaque?: boolean
    }
  | {
      readonly kind: 'object'
      readonly at: Where
      readonly members: readonly (readonly [name: string, value: Template])[]
    }
  | { readonly kind: 'array'; readonly at: Where; readonly items: readonly Template[] }
  | { readonly kind: 'operator'; readonly at: Where; readonly operator: Operator; readonly config: unknown }

/** An expression and where in its string it begins. */
export interface EmbeddedExpression {
  readonly expression: Expression
  readonly offset: number
}

/** A fault of one string or key of a template. */
export type TemplateFault = Fault & { readonly path: Where }

export type Reader = (document: Document) => unknown

/** A condition that an operator has. */
export type Condition = Template & { readonly kind: 'expression' }

/** Gives the schema of a nested template; `element` is that of `item` where the template stands for each element. */
export type SchemaOf = (
  template: Template,
  element?: { readonly schema: JsonSchema | undefined },
) => JsonSchema | undefined

/** An area of the context that is followed, and where its value comes from. */
export interface Mark<Origin = unknown> {
  readonly area: Area
  readonly origin: Origin
  /** Where in what it comes from it was taken, as far as templates tell. */
  readonly inner?: Area
}

/** A mark whose value is in what a template gives. */
export interface Traced<Origin = unknown> {
  readonly mark: Mark<Origin>
  /** Where in the template's value. */
  readonly area: Area
  /** What of it: a path in what is followed. */
  readonly inner?: Area
  /** The string that reads it, and where in that string. */
  readonly at: Where
  readonly offset: number
  readonly length: number
}

/** Follows values into a nested template, `elements` being what is followed of `item`. */
export type TraceOf = (template: Template, elements?: readonly Traced[]) => Traced[]

/** A template inside an operator. */
export interface OperatorPart {
  readonly template: Template
  /** It is evaluated once for each element, with `item` and `index`. */
  readonly each?: boolean
  /** The operator itself deals with its absence. */
  readonly tolerant?: boolean
  /** The operator itself deals with expressions in it that fail. */
  readonly mayFail?: boolean
  /** A condition: where it is a path and that is absent, it fails. */
  readonly isCondition?: boolean
  /** Paths that are certainly there where it is evaluated. */
  readonly given?: readonly (readonly (string | number)[])[]
}

/** What an operator parses its own keys with. */
export interface OperatorParser {
  /** A nested template, `path` inside the operator's object. */
  template(value: unknown, ...path: Where): Template
  /** A condition in CEL, `path` inside the operator's object; undefined when its fault was reported. */
  condition(value: unknown, ...path: Where): Condition | undefined
  fault(code: DiagnosticCode, message: string, path: Where, help?: string): void
  readonly owner: Owner
}

/** The step that a template is of; its name is known once the step is bound. */
export interface Owner {
  name: string
}

/** The operators that templates may use, by name. */
export type Operators = ReadonlyMap<string, Operator> & {
  /** False when there are others, of which nothing is known. */
  readonly isWhole?: boolean
}

/** An operator of templates: an object whose first `$` key is its name. */
export interface Operator<Config = unknown> {
  readonly name: string
  /** The other keys it has, all of them required. */
  readonly keys: readonly string[]
  readonly optionalKeys?: readonly string[]
  /** What it does, in a sentence, and how it is written: for the generated reference and the editor. */
  readonly summary: string
  readonly example: string
  /** Undefined when it reported a fault. */
  parse(fields: Readonly<Record<string, unknown>>, parser: OperatorParser): Config | undefined
  parts(config: Config): readonly OperatorPart[]
  compile(config: Config, compile: (template: Template) => Reader): Reader
  schema(config: Config, schemaOf: SchemaOf): JsonSchema | undefined
  /** Where in its value what is followed lies; without this, anywhere in it if its parts have any. */
  trace?(config: Config, trace: TraceOf): Traced[]
}
