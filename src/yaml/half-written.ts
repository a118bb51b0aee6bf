import { Syntax, type Word } from './syntax.ts'

/** Somebody's cursor in a text, and what stands there so far. */
export interface Cursor {
  readonly syntax: Syntax
  /** The word that it stands in; what is not yet there is a word of no letters. `start` and `end` are of the text itself. */
  readonly word: Word
  /** What of the word stands before the cursor. */
  readonly before: string
  /** A key that is the only one of an element of a list: it may be meant as the element. */
  readonly isAlone: boolean
  /** What a key needs behind it, unless it is there. */
  readonly tail: '' | ': '
}

/** A letter of nobody's, which YAML takes as one of a word. */
const mark = '\ue000'

/**
 * What somebody is about to write at an offset: a word is put there, with the colon that a key needs, so that the reader
 * of YAML says where it belongs, whatever the indentation and the brackets around it are.
 */
export function findCursor(text: string, offset: number): Cursor | undefined {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1
  const lineEnd = /[\r\n]|$/g
  lineEnd.lastIndex = offset
  const before = text.slice(lineStart, offset)
  const after = text.slice(offset, lineEnd.exec(text)?.index)
  const colon = startsKey.test(before) && !endsKey.test(after) ? ':' : ''
  const syntax = new Syntax(text.slice(0, offset) + mark + colon + text.slice(offset))
  const found = syntax.wordAt(offset)
  if (!found?.text.includes(mark)) return undefined
  const { path, start } = found
  const name = path.at(-1)
  const own = typeof name === 'string' && found.part === 'key' ? [...path.slice(0, -1), name.replace(mark, '')] : path
  const isAlone =
    found.part === 'key' &&
    typeof path.at(-2) === 'number' &&
    syntax.membersAt(path.slice(0, -1)).length === 1 &&
    colon !== ''
  const word = { ...found, path: own, end: found.end - 1, text: found.text.replace(mark, '') }
  return { syntax, word, before: text.slice(start, offset), isAlone, tail: hasColon.test(after) ? '' : ': ' }
}

const startsKey = /^\s*(?:- +)*["']?[\w.$?/-]*$/
const hasColon = /^[\w.$?/-]*["']?\s*:/
const endsKey = /^[\w.$?/-]*["']?\s*[:,}\]]/
