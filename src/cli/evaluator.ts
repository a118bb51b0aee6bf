import type { Fault } from '../diagnostics/collector.ts'
import { GatewayError } from '../errors.ts'
import type { Document } from '../expressions/document.ts'
import { compileExpression, openTypes } from '../expressions/expression.ts'
import { compilePath } from '../expressions/path.ts'
import { compileTemplate, parseTemplate, type TemplateFault } from '../expressions/template.ts'
import { enter } from '../expressions/work.ts'

/** What can be evaluated on a document: a JSONPath or a CEL expression as text, a template as the value it is. */
export type EvaluatedKind = 'jsonpath' | 'cel' | 'template'

export interface Evaluator {
  /** A JSONPath that finds one value at most. */
  readonly singular: boolean
  /** The value, undefined where there is nothing; of a JSONPath that is not singular a list. Throws a GatewayError. */
  evaluate(document: unknown): unknown
}

/** Compiles by the engine of the gateway, or says what is wrong. Every name of the document can be read, as anything. */
export function compileEvaluator(kind: EvaluatedKind, source: unknown): Evaluator | readonly TemplateFault[] {
  if (kind === 'template') {
    const { template, faults, isWhole } = parseTemplate(source, openTypes)
    if (!isWhole) return faults
    const fill = compileTemplate(template)
    return { singular: true, evaluate: metered((document) => fill(document as Document)) }
  }
  const compiled = kind === 'jsonpath' ? compilePath(String(source)) : compileExpression(String(source), openTypes)
  if ('code' in compiled) return [{ ...compiled, path: [] }]
  const singular = !('singular' in compiled) || compiled.singular
  return { singular, evaluate: metered((document) => compiled.evaluate(document as Document)) }
}

/** Each value may be as much work as a request of a route that says nothing of `maxWork`. */
function metered(evaluate: Evaluator['evaluate']): Evaluator['evaluate'] {
  return (document) => {
    enter(undefined)
    return evaluate(document)
  }
}

/** What went wrong, in a line. */
export function printFailure(thrown: unknown): string {
  if (thrown instanceof GatewayError) return `${thrown.code}: ${thrown.message}`
  return thrown instanceof Error ? thrown.message : String(thrown)
}

export function printFault({ code, message, offset, help }: Fault): string {
  return `${code}: ${message}, at ${offset}${help === undefined ? '' : ` (${help})`}`
}
