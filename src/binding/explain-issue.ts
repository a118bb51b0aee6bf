import type * as z from 'zod'
import { didYouMean } from '../diagnostics/suggest.ts'
import { EnvText } from '../environment.ts'

/** What is wrong with a value, in the words of the person who wrote it. */
export function explainIssue(issue: z.core.$ZodIssue): { message: string; help: string | undefined } {
  switch (issue.code) {
    case 'custom':
      return { message: issue.message, help: issue.params?.['help'] as string | undefined }
    case 'invalid_format':
      return { message: `${describe(issue.input)} does not fit: ${issue.message}`, help: undefined }
    case 'invalid_key':
      return {
        message: `${describe(issue.path.at(-1))} does not fit: ${issue.issues[0]?.message ?? issue.message}`,
        help: undefined,
      }
    case 'invalid_union': {
      const wanted = [...new Set(expectationsOf(issue))].join(' or ')
      return { message: `expected ${wanted}, found ${describe(issue.input)}`, help: undefined }
    }
    default:
      return { message: `expected ${expectation(issue)}, found ${describe(issue.input)}`, help: suggestValue(issue) }
  }
}

function expectationsOf({ errors }: z.core.$ZodIssueInvalidUnion): string[] {
  return errors.flat().flatMap((one) => (one.code === 'invalid_union' ? expectationsOf(one) : expectation(one)))
}

const names: Record<string, string> = {
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  null: 'nothing',
}

function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return names[issue.expected] ?? `a ${issue.expected}`
    case 'invalid_value':
      return issue.values.map((value) => `\`${String(value)}\``).join(' or ')
    case 'too_small':
      return sized(issue.origin) ? 'something that is not empty' : `at least ${issue.minimum}`
    case 'too_big':
      return `at most ${issue.maximum}`
    default:
      return issue.message
  }
}

function sized(origin: string): boolean {
  return origin === 'array' || origin === 'string'
}

function suggestValue(issue: z.core.$ZodIssue): string | undefined {
  if (issue.code !== 'invalid_value' || typeof issue.input !== 'string') return undefined
  return didYouMean(issue.input, issue.values.map(String))
}

/** How a person would call a YAML value. */
export function describe(value: unknown): string {
  if (value === undefined || value === null) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (value instanceof EnvText) return `\`${value.written}\``
  if (typeof value === 'object') return 'a mapping'
  return `\`${String(value)}\``
}
