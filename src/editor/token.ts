import type { Meaning } from '../binding/scalars.ts'
import { findEnd } from '../expressions/template/text.ts'
import type { Stretch, Word } from '../yaml/syntax.ts'

/** A dotted name inside an expression or a path, around a cursor. Offsets are of the file. */
export interface Token extends Stretch {
  readonly text: string
  /** What of it stands before the cursor. */
  readonly before: string
  /** `path`: in a JSONPath, behind its `$`. */
  readonly within: 'cel' | 'path'
  /** It is called, or about to be. */
  readonly isCalled: boolean
  /** A member of something that is no name: `f(x).name`. */
  readonly isMember: boolean
}

/** The name that a cursor is in, where a condition or a template computes something; undefined in plain text. */
export function tokenAt(word: Word, offset: number, meaning: Meaning): Token | undefined {
  const lead = /^(?:["']|[|>][^\n]*\n?)?/.exec(word.text)![0].length
  const at = offset - word.start
  const text = word.text
  if (at < lead) return undefined
  if (text[lead] === '$' && text[lead + 1] !== '{' && text[lead + 1] !== '$') return tokenInPath(word, at)
  const from = meaning === 'condition' ? lead : findExpression(text, at)
  if (from === undefined || isInText(text.slice(from, at))) return undefined
  const left = /(?:[A-Za-z_]\w*(?:\.\??\w*)*)?$/.exec(text.slice(from, at))![0]
  const right = /^\w*(?:\.\??\w+)*/.exec(text.slice(at))![0]
  const start = at - left.length
  return {
    text: left + right,
    before: left,
    start: word.start + start,
    end: offset + right.length,
    within: 'cel',
    isCalled: text[at + right.length] === '(',
    isMember: start > from && text[start - 1] === '.',
  }
}

function tokenInPath({ text, start }: Word, at: number): Token | undefined {
  const left = /\$\.?((?:[A-Za-z_]\w*(?:\.\w*)*)?)$/.exec(text.slice(0, at))
  if (!left) return undefined
  const right = /^\w*(?:\.\w+)*/.exec(text.slice(at))![0]
  const before = left[1]!
  return {
    text: before + right,
    before,
    start: start + at - before.length,
    end: start + at + right.length,
    within: 'path',
    isCalled: false,
    isMember: false,
  }
}

/** Where the expression begins that is open at an offset of a template. */
function findExpression(text: string, at: number): number | undefined {
  const sign = text.lastIndexOf('${', at - 1)
  if (sign < 0 || sign + 2 > at || text[sign - 1] === '$') return undefined
  if (text.startsWith('file:', sign + 2)) return undefined
  const end = findEnd(text, sign + 2)
  return end !== undefined && end < at ? undefined : sign + 2
}

/** Whether an expression stops inside a text of its own. In YAML's single quotes a quote stands twice. */
function isInText(expression: string): boolean {
  const rest = expression.replaceAll(/\\.|"(?:[^"\\]|\\.)*"|'[^']*'/g, '')
  return rest.includes('"') || rest.includes("'")
}
