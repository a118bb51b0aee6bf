import { printJson } from '../../json-text.ts'
import { Decimal } from '../../numbers.ts'
import type { Document } from '../document.ts'
import { enter, spendOnPrinting, spendOnText } from '../work.ts'
import type { EmbeddedExpression, Reader, Template } from './nodes.ts'
import { generateObject } from './source.ts'

/**
 * Compiles a template to a closure that fills it from a context; undefined when it gives nothing. What does not hang
 * on the context is made once and frozen.
 */
export function compileTemplate(template: Template): Reader {
  const read = compileKind(template)
  if (template.kind === 'literal' || !isConstant(template)) return read
  enter(undefined)
  try {
    const value = freeze(read({ request: {}, steps: {} }))
    return () => value
  } catch {
    // It fails whenever it is read, so it may fail then.
    return read
  }
}

function compileKind(template: Template): Reader {
  switch (template.kind) {
    case 'literal': {
      const { value } = template
      return () => value
    }
    case 'path':
      return template.path.evaluate
    case 'expression':
      return template.expression.evaluate
    case 'interpolation':
      return compileInterpolation(template.parts)
    case 'object':
      return generateObject(template, compileTemplate) ?? compileObject(template)
    case 'array': {
      const readers = template.items.map(compileTemplate)
      return (document) => readers.map((read) => read(document) ?? null)
    }
    case 'operator':
      return template.operator.compile(template.config, compileTemplate)
  }
}

/** Whether it gives the same for every context. */
function isConstant(template: Template): boolean {
  switch (template.kind) {
    case 'literal':
      return true
    case 'path':
      return false
    case 'expression':
      return isConstantExpression(template)
    case 'interpolation':
      return template.parts.every((part) => typeof part === 'string' || isConstantExpression(part))
    case 'object':
      return template.members.every(([, value]) => isConstant(value))
    case 'array':
      return template.items.every(isConstant)
    case 'operator':
      return template.operator.parts(template.config).every((part) => isConstant(part.template))
  }
}

function isConstantExpression({ expression }: EmbeddedExpression): boolean {
  return expression.reads.length === 0 && !expression.isVolatile
}

function compileObject({ members }: Template & { kind: 'object' }): Reader {
  const names = members.map(([name]) => name)
  const readers = members.map(([, value]) => compileTemplate(value))
  return (document) => {
    const object: Record<string, unknown> = {}
    for (let i = 0; i < names.length; i++) {
      const value = readers[i]!(document)
      if (value !== undefined) object[names[i]!] = value
    }
    return object
  }
}

function compileInterpolation(parts: readonly (string | EmbeddedExpression)[]): Reader {
  const pieces = parts.map((part) => (typeof part === 'string' ? part : part.expression.demand))
  return (document: Document) => {
    let text = ''
    for (const piece of pieces) text += typeof piece === 'string' ? piece : printValue(piece(document))
    spendOnText(text.length)
    return text
  }
}

/** A value inside text: null and an optional that is absent are nothing, what has members is JSON. */
function printValue(value: unknown): string {
  if (typeof value === 'string') return value
  if (value === undefined || value === null) return ''
  if (typeof value !== 'object' || value instanceof Decimal) return String(value)
  spendOnPrinting(value)
  return printJson(value)
}

function freeze(value: unknown): unknown {
  if (typeof value === 'object' && value !== null) {
    for (const member of Object.values(value)) freeze(member)
    Object.freeze(value)
  }
  return value
}
