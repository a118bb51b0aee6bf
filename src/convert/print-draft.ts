import { printYaml, type YamlLayout } from '../yaml/print.ts'
import { guardText } from './template.ts'

/** Prints what was made of somebody else's document: nothing in it is filled in from the environment. */
export function printDraft(value: unknown, layout: YamlLayout = {}): string {
  return printYaml(guard(value), layout)
}

function guard(value: unknown): unknown {
  if (typeof value === 'string') return guardText(value.toWellFormed())
  if (Array.isArray(value)) return value.map(guard)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key.toWellFormed(), guard(member)]))
}

/** The dictionary that a project without one begins with. */
export function printDictionary(colors: Readonly<Record<string, unknown>>): string {
  return printDraft({ colors }, { blocks: new Set(['colors']) })
}
