import type { ErrorObject } from 'ajv'

const maxFaults = 20

/** Ajv's errors as sentences, each once. */
export function describe(errors: readonly ErrorObject[] | null | undefined): string[] {
  const found = new Set<string>()
  for (const error of errors ?? []) {
    if (found.size === maxFaults) break
    const where = error.instancePath
      .slice(1)
      .split('/')
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
      .reduce((path, part) => (/^\d+$/.test(part) ? `${path}[${part}]` : path ? `${path}.${part}` : part), '')
    found.add(where ? `${where} ${complaint(error)}` : complaint(error))
  }
  return [...found]
}

function complaint({ keyword, message, params }: ErrorObject): string {
  if (keyword === 'enum')
    return `must be one of ${params['allowedValues'].map((value: unknown) => JSON.stringify(value)).join(', ')}`
  if (keyword === 'const') return `must be ${JSON.stringify(params['allowedValue'])}`
  if (keyword === 'required') return `lacks \`${params['missingProperty']}\``
  if (keyword === 'additionalProperties') return 'has a property that is not allowed'
  if (keyword === 'uniqueItems') return 'must not have the same item twice'
  return (message ?? 'is not valid').replace(/^must NOT/, 'must not')
}
