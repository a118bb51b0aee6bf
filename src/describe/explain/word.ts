import type { Registry } from '../../plan/extensions/registry.ts'
import { type FileKind, fileKinds, jsonSchemaOf, type Schema } from '../json-schema.ts'

/** What a word of the language means in some of the places where it may stand. */
export interface WordMeaning {
  readonly kind: 'step' | 'operator' | 'function' | 'policy' | 'key'
  /** Keys from the top of a kind of file, `NAME` for any name: `service.operations.NAME.retry`. Of a key alone. */
  readonly at: readonly string[]
  readonly summary: string | undefined
  readonly example: string | undefined
}

export interface WordExplanation {
  readonly word: string
  readonly meanings: readonly WordMeaning[]
}

/** What the language means by a word: a step, an operator (`$` may be left away), a function, a policy, a key. */
export function explainWord(word: string, registry: Registry): WordExplanation | undefined {
  const { steps, operators, functions } = registry
  const meanings: WordMeaning[] = []
  const step = steps.get(word)
  if (step) meanings.push({ kind: 'step', at: [], summary: step.summary, example: step.example })
  const operator = operators.get(word) ?? operators.get(`$${word}`)
  if (operator) meanings.push({ kind: 'operator', at: [], summary: operator.summary, example: operator.example })
  const called = functions.filter(({ name }) => name === word)
  const { summary, example } = called.find((one) => one.summary !== undefined) ?? {}
  if (called.length > 0)
    meanings.push({ kind: 'function', at: [], summary, example: example && `${example[0]} → ${example[1]}` })
  meanings.push(...explainKey(word, registry))
  return meanings.length > 0 ? { word, meanings } : undefined
}

/** A key in all kinds of files; places where it says the same are one meaning. */
function explainKey(word: string, registry: Registry): WordMeaning[] {
  const policy = registry.policies.find(({ name }) => name === word)
  const bySummary = new Map<string, string[]>()
  for (const file of fileKinds) {
    for (const { at, schema } of findKeys(word, jsonSchemaOf(file, registry), file)) {
      const summary = String(schema['description'] ?? '')
      bySummary.set(summary, [...(bySummary.get(summary) ?? []), at])
    }
  }
  return [...bySummary].map(([summary, at]) => {
    const isPolicy = policy !== undefined && at.some((place) => place.startsWith('service.'))
    return {
      kind: isPolicy ? 'policy' : 'key',
      at: [...new Set(at)],
      summary: summary === '' ? undefined : summary,
      example: isPolicy ? policy.example : undefined,
    }
  })
}

interface FoundKey {
  readonly at: string
  readonly schema: Schema
}

function findKeys(word: string, file: Schema, kind: FileKind): FoundKey[] {
  const definitions = (file['definitions'] ?? {}) as Readonly<Record<string, Schema>>
  const found: FoundKey[] = []
  const isStep = (name: string) => name === 'step' || name.startsWith('step-')
  for (const [name, schema] of Object.entries(definitions)) {
    // Steps stand in steps: each is looked at by itself.
    if (kind === 'route' && name.startsWith('step-')) walk(schema, name.replace('step-', 'step '), [])
  }
  walk(file, kind, [])
  return found

  function walk(schema: unknown, at: string, seen: readonly string[]): void {
    if (typeof schema !== 'object' || schema === null) return
    const { $ref: reference, properties, additionalProperties, items, ...rest } = schema as Schema
    if (typeof reference === 'string') {
      const name = reference.replace('#/definitions/', '')
      if (!isStep(name) && !seen.includes(name)) walk(definitions[name], at, [...seen, name])
    }
    for (const [key, inner] of Object.entries((properties ?? {}) as Readonly<Record<string, Schema>>)) {
      // The key that names a step is told of as the step.
      if (key === word && at !== `step ${key}`) found.push({ at: `${at}.${key}`, schema: inner })
      walk(inner, `${at}.${key}`, seen)
    }
    walk(additionalProperties, `${at}.NAME`, seen)
    walk(items, at, seen)
    for (const choice of [rest['anyOf'], rest['oneOf'], rest['allOf']])
      if (Array.isArray(choice)) for (const one of choice) walk(one, at, seen)
  }
}
