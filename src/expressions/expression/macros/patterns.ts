import { checkPattern } from '../../pattern.ts'
import { spend, spendOnLetters, spendOnText } from '../../work.ts'
import { maxListLength, maxTextLength } from '../functions/define.ts'
import { type Bindings, type Evaluate, fail, refuse } from '../scope.ts'
import type { CelNode } from '../syntax/node.ts'
import { bool, nameOf, nameOfValue, string, type Type } from '../types.ts'
import { compileValue } from '../value.ts'
import { type Macro, onName } from './macro.ts'

/** A regular expression that stands in the expression itself, and is proved to take linear time. */
function compilePattern(name: string, pattern: CelNode): RegExp {
  if (pattern.op !== 'value' || typeof pattern.args !== 'string')
    return refuse(pattern, `the pattern of ${name}() must stand in the expression itself`, undefined, 'unsafe-pattern')
  const fault = checkPattern(pattern.args, 'search')
  if (fault?.kind === 'syntax') refuse(pattern, `the regular expression is not valid: ${fault.reason}`)
  if (fault)
    refuse(pattern, `the regular expression may not run in linear time: ${fault.reason}`, undefined, 'unsafe-pattern')
  return new RegExp(pattern.args, 'gu')
}

/** Each match begins where the one before ended, so all of them together read a text once too. */
function compileText(name: string, node: CelNode, scope: Bindings): (document: Record<string, unknown>) => string {
  const { type, run } = compileValue(node, scope)
  if (type.kind !== 'dyn' && type.kind !== 'string') refuse(node, `\`${name}()\` does not take a ${nameOf(type)}`)
  return (document) => {
    const value = run(document)
    if (typeof value !== 'string') return fail(`\`${name}()\` does not take a ${nameOfValue(value)}`)
    spendOnLetters(value.length)
    return value
  }
}

function groupsOf({ source }: RegExp): number {
  return new RegExp(`${source}|`, 'u').exec('')!.length - 1
}

/** Its group, or all of it where it has none. */
function compileExtraction(name: string, pattern: CelNode): { regexp: RegExp; group: 0 | 1 } {
  const regexp = compilePattern(name, pattern)
  const groups = groupsOf(regexp)
  if (groups > 1) refuse(pattern, `the pattern of ${name}() has at most one group`, 'write the others as `(?:…)`')
  return { regexp, group: groups as 0 | 1 }
}

type Replacement = readonly (string | number)[]

/** `\1` stands for the first group, `\0` for all that matched, `\\` for a backslash. */
function readReplacement(text: string, groups: number): Replacement | undefined {
  const parts = [...text.matchAll(/\\(.?)|[^\\]+/gsu)].map(([whole, escaped]) =>
    escaped === undefined ? whole : escaped === '\\' ? '\\' : /^\d$/.test(escaped) ? Number(escaped) : undefined,
  )
  return parts.every((part) => part !== undefined && (typeof part === 'string' || part <= groups))
    ? (parts as Replacement)
    : undefined
}

const wrongReplacement = 'the replacement has a backslash that is followed by no group of the pattern'

function compileReplace([subject, pattern, by, most]: readonly CelNode[], scope: Bindings): Evaluate {
  const name = 'regex.replace'
  const read = compileText(name, subject!, scope)
  const regexp = compilePattern(name, pattern!)
  const groups = groupsOf(regexp)
  if (by!.op === 'value' && typeof by!.args === 'string' && !readReplacement(by!.args, groups))
    refuse(by!, wrongReplacement)
  const replacement = compileText(name, by!, scope)
  const count = most && compileCount(name, most, scope)
  return (document) => {
    const text = read(document)
    const parts = readReplacement(replacement(document), groups) ?? fail(wrongReplacement)
    const wanted = count?.(document) ?? -1
    let left = wanted < 0 ? Number.POSITIVE_INFINITY : wanted
    let length = text.length
    return text.replace(regexp, (...found: unknown[]) => {
      if (left-- <= 0) return found[0] as string
      const made = parts.map((part) => (typeof part === 'number' ? ((found[part] as string) ?? '') : part)).join('')
      length += made.length
      spend(1)
      spendOnText(made.length)
      return length > maxTextLength ? fail('text grew too long') : made
    })
  }
}

function compileCount(name: string, node: CelNode, scope: Bindings): (document: Record<string, unknown>) => number {
  const { run } = compileValue(node, scope)
  return (document) => {
    const value = run(document)
    return Number.isInteger(value) ? (value as number) : fail(`\`${name}()\` counts in whole numbers`)
  }
}

const optionalText: Type = { ...string, optional: true }

export const patterns: readonly Macro[] = [
  {
    name: 'matches',
    forms: ['text.matches(pattern)', 'matches(text, pattern)'],
    summary: 'Whether a regular expression is found in a text.',
    example: ["'u-17'.matches('^u-[0-9]+$')", 'true'],
    matches: (receiver, count) => count === (receiver ? 1 : 2),
    compile: ({ receiver, given, scope }) => {
      const [subject, pattern] = (receiver ? [receiver, ...given] : given) as [CelNode, CelNode]
      const { source } = compilePattern('matches', pattern)
      const regexp = new RegExp(source, 'u')
      const read = compileText('matches', subject, scope)
      return { type: bool, run: (document) => regexp.test(read(document)) }
    },
  },
  {
    name: 'extract',
    space: 'regex',
    forms: ['regex.extract(text, pattern)'],
    summary: 'The first match of a regular expression, or of its group, as an optional.',
    example: ["regex.extract('item-17', 'item-([0-9]+)').orValue('')", "'17'"],
    matches: onName('regex', 2),
    compile: ({ given: [subject, pattern], scope }) => {
      const read = compileText('regex.extract', subject!, scope)
      const { regexp, group } = compileExtraction('regex.extract', pattern!)
      const once = new RegExp(regexp.source, 'u')
      return { type: optionalText, run: (document) => once.exec(read(document))?.[group] }
    },
  },
  {
    name: 'extractAll',
    space: 'regex',
    forms: ['regex.extractAll(text, pattern)'],
    summary: 'Every match of a regular expression, or of its group.',
    example: ["regex.extractAll('a1 b22', '[0-9]+')", "['1', '22']"],
    matches: onName('regex', 2),
    compile: ({ given: [subject, pattern], scope }) => {
      const read = compileText('regex.extractAll', subject!, scope)
      const { regexp, group } = compileExtraction('regex.extractAll', pattern!)
      const run: Evaluate = (document) => {
        const found: string[] = []
        for (const match of read(document).matchAll(regexp)) {
          spend(1)
          if (found.length >= maxListLength) fail('a list grew too long')
          if (match[group] !== undefined) found.push(match[group])
        }
        return found
      }
      return { type: { kind: 'list', element: string }, run }
    },
  },
  {
    name: 'replace',
    space: 'regex',
    forms: ['regex.replace(text, pattern, replacement)', 'regex.replace(text, pattern, replacement, count)'],
    summary:
      'The text with another in place of each match, or of the first so many; `\\\\1` stands for the first group, `\\\\0` for all that matched.',
    example: ["regex.replace('2026-03-01', '^([0-9]+)-([0-9]+)', '\\\\2/\\\\1')", "'03/2026-01'"],
    matches: onName('regex', 3, 4),
    compile: ({ given, scope }) => ({ type: string, run: compileReplace(given, scope) }),
  },
]
