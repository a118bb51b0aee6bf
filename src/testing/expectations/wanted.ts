import { type Position, within } from '../../binding/shape.ts'
import type { DiagnosticCollector } from '../../diagnostics/collector.ts'
import { checkPattern } from '../../expressions/pattern.ts'
import { type Difference, findDifferences } from '../difference.ts'

/** Compares what was found (undefined: nothing) with what is wanted. */
export type Comparison = (actual: unknown, where: string) => Difference[]

/** A value, `{ matches: <regular expression> }` for a text, or `{ exists: true | false }`. */
export function compileWanted(wanted: unknown, position: Position, diagnostics: DiagnosticCollector): Comparison {
  const special = soleMember(wanted)
  if (special?.name === 'exists' && typeof special.value === 'boolean') return compileExists(special.value)
  if (special?.name === 'matches' && typeof special.value === 'string') {
    return compileMatches(special.value, within(position, 'matches'), diagnostics)
  }
  return (actual, where) => findDifferences(wanted, actual, where)
}

/** The same for a header or parameter; null wants it to be absent. */
export function compileWantedText(wanted: unknown, position: Position, diagnostics: DiagnosticCollector): Comparison {
  return wanted === null ? compileExists(false) : compileWanted(wanted, position, diagnostics)
}

function soleMember(value: unknown): { name: string; value: unknown } | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const [[name, member] = [], ...others] = Object.entries(value)
  return name === undefined || others.length > 0 ? undefined : { name, value: member }
}

function compileExists(wanted: boolean): Comparison {
  return (actual, where) => {
    if ((actual !== undefined) === wanted) return []
    return [{ where, expected: wanted ? new Described('anything') : undefined, actual }]
  }
}

function compileMatches(source: string, position: Position, diagnostics: DiagnosticCollector): Comparison {
  const fault = checkPattern(source, 'search')
  if (fault) {
    const code = fault.kind === 'syntax' ? 'invalid-value' : 'unsafe-pattern'
    diagnostics.add(
      code,
      `the regular expression cannot be used: ${fault.reason}`,
      position.source.locate(position.path),
    )
    return () => []
  }
  const pattern = new RegExp(source, 'u')
  return (actual, where) => {
    if (typeof actual === 'string' && pattern.test(actual)) return []
    return [{ where, expected: new Described(`a text that matches ${pattern.source}`), actual }]
  }
}

/** What is wanted, in words, where it is no value. */
export class Described {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
  toJSON(): string {
    return `<${this.text}>`
  }
}
