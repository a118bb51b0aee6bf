import type { Schema } from '../../describe/json-schema.ts'

/** What a key of the language is, in Markdown, as its schema says. */
export function describeSchema({ description, default: value, examples, enum: values }: Schema): string | undefined {
  const lines = [
    description,
    values && `One of ${(values as unknown[]).map(code).join(', ')}.`,
    value !== undefined && `Default: ${code(value)}`,
    Array.isArray(examples) && examples.length > 0 && `For example ${examples.map(code).join(', ')}`,
  ]
  const told = lines.filter((line) => typeof line === 'string')
  return told.length > 0 ? told.join('\n\n') : undefined
}

function code(value: unknown): string {
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``
}
