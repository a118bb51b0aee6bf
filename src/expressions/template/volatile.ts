import type { Template } from './nodes.ts'

/** Whether it may give another value for the same context: something in it calls `now()` or `uuid()`. */
export function isVolatile(template: Template): boolean {
  switch (template.kind) {
    case 'literal':
    case 'path':
      return false
    case 'expression':
      return template.expression.isVolatile
    case 'interpolation':
      return template.parts.some((part) => typeof part !== 'string' && part.expression.isVolatile)
    case 'object':
      return template.members.some(([, value]) => isVolatile(value))
    case 'array':
      return template.items.some(isVolatile)
    case 'operator':
      return template.operator.parts(template.config).some((part) => isVolatile(part.template))
  }
}
