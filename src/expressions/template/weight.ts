import type { Template } from './nodes.ts'

/**
 * What filling a template once takes: one for each value it makes or reads, text and numbers of the file aside. What an
 * operator in it does for the elements of a list is not known before, and is spent by the operator.
 */
export function weightOf(template: Template): number {
  return Math.max(1, countValues(template))
}

function countValues(template: Template): number {
  switch (template.kind) {
    case 'literal':
      return 0
    case 'path':
    case 'expression':
      return 1
    case 'interpolation':
      return template.parts.length
    case 'object':
      return template.members.reduce((sum, [, value]) => sum + countValues(value), 1)
    case 'array':
      return template.items.reduce((sum, item) => sum + countValues(item), 1)
    case 'operator':
      return template.operator
        .parts(template.config)
        .reduce((sum, part) => sum + (part.each ? 0 : countValues(part.template)), 1)
  }
}
