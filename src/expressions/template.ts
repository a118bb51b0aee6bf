/** Templates: YAML values in which strings may be paths and expressions, and objects operators (LANGUAGE "Values"). */
export { builtInOperators } from './operators/index.ts'
export { compileTemplate } from './template/compile.ts'
export type {
  Mark,
  Operator,
  OperatorParser,
  OperatorPart,
  Operators,
  Owner,
  Reader,
  Template,
  TemplateFault,
  Traced,
  Where,
} from './template/nodes.ts'
export { findOpaque } from './template/opaque.ts'
export { parseTemplate } from './template/parse.ts'
export { readsOf, type TemplateRead } from './template/reads.ts'
export { schemaOf } from './template/schema.ts'
export { traceTemplate, withElements } from './template/trace.ts'
export { isVolatile } from './template/volatile.ts'
