import { printYaml, type YamlLayout } from '../yaml/print.ts'
import { guardText } from './template.ts'

/** Prints what was made of somebody else's document: nothing in it is filled in from the environment. */
export function printDraft(value: unknown, layout: YamlLayout = {}): string {
  return printYaml(guard(value), layout)
}

function guard(value: unknown): unknown {
  if (typeof value === 'string') return guardText(value.toWellFormed())
  if (Array.isArray(value)) return value.filter(isExact).map(guard)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).filter(([, member]) => isExact(member))
  return Object.fromEntries(members.map(([key, member]) => [key.toWellFormed(), guard(member)]))
}

/** A bound like 2^63, which no file may hold, is beyond every number that JSON has exactly: it goes without loss. */
function isExact(value: unknown): boolean {
  return !Number.isInteger(value) || Number.isSafeInteger(value)
}

/** The dictionary that a project without one begins with. */
export function printDictionary(colors: Readonly<Record<string, unknown>>): string {
  return printDraft({ colors }, { blocks: new Set(['colors']) })
}
