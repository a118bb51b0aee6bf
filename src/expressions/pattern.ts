import { isAmbiguousWithoutBound } from './pattern/ambiguity.ts'
import { type Automaton, buildAutomaton, TooComplex } from './pattern/automaton.ts'
import { NotRegular, parseRegex, type Regex } from './pattern/syntax.ts'

/** What is wrong with a pattern: not a regular expression at all, or one that may not run in linear time. */
export interface PatternFault {
  readonly kind: 'syntax' | 'unsafe'
  readonly reason: string
}

const maxLength = 1000

/**
 * Finds whether a regular expression (ECMAScript, `u` flag) can take more than linear time on hostile text; undefined
 * when it cannot. The check is strict: what it cannot prove linear it refuses. `match` asks for the whole text,
 * `search` for a part of it, where a pattern that begins with `.*` is quadratic unless anchored.
 */
export function checkPattern(source: string, mode: 'search' | 'match'): PatternFault | undefined {
  if (source.length > maxLength) return { kind: 'unsafe', reason: `it is longer than ${maxLength} characters` }
  try {
    new RegExp(source, 'u')
  } catch (error) {
    const reason = (error as Error).message.replace(/^Invalid regular expression: .*: /s, '').toLowerCase()
    return { kind: 'syntax', reason }
  }
  try {
    const regex = parseRegex(source)
    const search = mode === 'search' && !isAnchored(regex)
    const automaton = buildAutomaton(regex, search)
    const certain = mode === 'search' && !hasCondition(regex, !search) ? findCertain(automaton) : new Set<number>()
    if (!isAmbiguousWithoutBound(automaton, certain)) return undefined
    const anchor = search && checkPattern(`^(?:${source})`, mode) === undefined
    return {
      kind: 'unsafe',
      reason: anchor
        ? 'it may begin anywhere: anchor it with ^'
        : 'repetitions in it can read the same text in many ways',
    }
  } catch (error) {
    if (error instanceof NotRegular) return { kind: 'unsafe', reason: `it has ${error.message}` }
    if (error instanceof TooComplex) return { kind: 'unsafe', reason: `it has ${error.message}` }
    return { kind: 'unsafe', reason: 'it is nested too deeply' }
  }
}

/** The states from which every way on is a match already: there a matcher never turns back. */
function findCertain({ follow, accepting }: Automaton): Set<number> {
  const certain = new Set(accepting)
  for (let before = -1; before !== certain.size; ) {
    before = certain.size
    for (const state of certain) {
      for (const next of follow[state]!) {
        if (certain.has(next)) continue
        certain.delete(state)
        break
      }
    }
  }
  return certain
}

/** Every alternative begins with `^`. */
function isAnchored(regex: Regex): boolean {
  if (regex.kind === 'choice') return regex.items.every(isAnchored)
  return (
    regex.kind === 'start' || (regex.kind === 'sequence' && regex.items[0] !== undefined && isAnchored(regex.items[0]))
  )
}

/** Whether something in it can say no without reading: then reaching the last character is no match yet. */
function hasCondition(regex: Regex, leading: boolean): boolean {
  switch (regex.kind) {
    case 'start':
      return !leading
    case 'end':
    case 'boundary':
      return true
    case 'choice':
      return regex.items.some((item) => hasCondition(item, leading))
    case 'sequence':
      return regex.items.some((item, i) => hasCondition(item, leading && i === 0))
    case 'repeat':
      return hasCondition(regex.body, false)
    case 'set':
      return false
  }
}
