import type { Area } from '../area.ts'
import type { EmbeddedExpression, Template } from './nodes.ts'

/** Where in a template's value something of the environment may be, which is nobody's to know. */
export function findOpaque(template: Template): Area[] {
  switch (template.kind) {
    case 'path':
      return []
    case 'literal':
      return template.isOpaque ? [[]] : []
    case 'expression':
      return template.expression.readsEnvironment ? [[]] : []
    case 'interpolation':
      return template.isOpaque || template.parts.some(readsEnvironment) ? [[]] : []
    case 'object':
      return template.members.flatMap(([name, value]) => below(name, value))
    case 'array':
      return template.items.flatMap((item, index) => below(index, item))
    case 'operator':
      return template.operator.parts(template.config).some((part) => findOpaque(part.template).length > 0) ? [[]] : []
  }
}

function readsEnvironment(part: string | EmbeddedExpression): boolean {
  return typeof part !== 'string' && part.expression.readsEnvironment
}

function below(step: string | number, template: Template): Area[] {
  return findOpaque(template).map((area) => [step, ...area])
}
