import type { Document } from '../document.ts'
import type { EmbeddedExpression, Reader, Template } from './nodes.ts'

interface Compiled {
  readonly read: Reader
  readonly constant: boolean
}

/**
 * Compiles a template to a closure that fills it from a context; undefined when it gives nothing. What does not hang
 * on the context is made once and frozen.
 */
export function compileTemplate(template: Template): Reader {
  return compile(template).read
}

function compile(template: Template): Compiled {
  const compiled = compileKind(template)
  if (!compiled.constant || template.kind === 'literal') return compiled
  try {
    const value = freeze(compiled.read({ request: {}, steps: {} }))
    return { read: () => value, constant: true }
  } catch {
    // It fails whenever it is read, so it may fail then.
    return { ...compiled, constant: false }
  }
}

function compileKind(template: Template): Compiled {
  switch (template.kind) {
    case 'literal': {
      const { value } = template
      return { read: () => value, constant: true }
    }
    case 'path': {
      const { evaluate } = template.path
      return { read: evaluate, constant: false }
    }
    case 'expression': {
      const { evaluate, reads } = template.expression
      return { read: evaluate, constant: reads.length === 0 }
    }
    case 'interpolation':
      return compileInterpolation(template.parts)
    case 'object':
      return compileObject(template.members)
    case 'array': {
      const items = template.items.map(compile)
      const readers = items.map(({ read }) => read)
      return { read: (document) => readers.map((read) => read(document) ?? null), constant: items.every(isConstant) }
    }
    case 'operator': {
      const { operator, config } = template
      const parts: Compiled[] = []
      const read = operator.compile(config, (part) => {
        const compiled = compile(part)
        parts.push(compiled)
        return compiled.read
      })
      return { read, constant: parts.every(isConstant) }
    }
  }
}

function isConstant({ constant }: Compiled): boolean {
  return constant
}

function compileObject(members: (Template & { kind: 'object' })['members']): Compiled {
  const names = members.map(([name]) => name)
  const values = members.map(([, value]) => compile(value))
  const readers = values.map(({ read }) => read)
  const read = (document: Document) => {
    const object: Record<string, unknown> = {}
    for (let i = 0; i < names.length; i++) {
      const value = readers[i]!(document)
      if (value !== undefined) object[names[i]!] = value
    }
    return object
  }
  return { read, constant: values.every(isConstant) }
}

function compileInterpolation(parts: readonly (string | EmbeddedExpression)[]): Compiled {
  const pieces = parts.map((part) => (typeof part === 'string' ? part : part.expression.evaluate))
  const read = (document: Document) => {
    let text = ''
    for (const piece of pieces) text += typeof piece === 'string' ? piece : printValue(piece(document))
    return text
  }
  return { read, constant: parts.every((part) => typeof part === 'string' || part.expression.reads.length === 0) }
}

/** A value inside text: absent and null are nothing, what has members is JSON. */
function printValue(value: unknown): string {
  if (typeof value === 'string') return value
  if (value === undefined || value === null) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function freeze(value: unknown): unknown {
  if (typeof value === 'object' && value !== null) {
    for (const member of Object.values(value)) freeze(member)
    Object.freeze(value)
  }
  return value
}
