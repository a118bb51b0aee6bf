import { loadYaml } from './library.ts'

/** A comment of a YAML file, from its `#` to the end of its line. */
export interface Comment {
  readonly text: string
  /** Where it begins; counted from 1, columns in UTF-16 units. */
  readonly line: number
  readonly column: number
  /** Whether nothing but space stands before it. */
  readonly standsAlone: boolean
}

/** Marks that the lexer adds to what stands in the text: a document begins, flow ends in error, a scalar follows. */
const documentMark = '\u0002'
const flowErrorMark = '\u0018'
const scalarMark = '\u001f'

/** Every comment of a text, in its order; a `#` inside a scalar is none. Right also where the text is no valid YAML. */
export function* findComments(text: string): Generator<Comment> {
  const { Lexer } = loadYaml()
  let line = 1
  let lineStart = 0
  let offset = 0
  let isScalar = false
  for (const lexeme of new Lexer().lex(text)) {
    if (lexeme === documentMark || lexeme === flowErrorMark) continue
    if (lexeme === scalarMark) {
      isScalar = true
      continue
    }
    if (lexeme.startsWith('#') && !isScalar) {
      const standsAlone = text.slice(lineStart, offset).trim() === ''
      yield { text: lexeme.trimEnd(), line, column: offset - lineStart + 1, standsAlone }
    }
    isScalar = false
    for (let at = lexeme.indexOf('\n'); at >= 0; at = lexeme.indexOf('\n', at + 1)) {
      line += 1
      lineStart = offset + at + 1
    }
    offset += lexeme.length
  }
}

/** The text without its comments, and without the lines that held nothing else. */
export function withoutComments(text: string): string {
  if (!text.includes('#')) return text
  const comments = new Map(Array.from(findComments(text), (comment) => [comment.line, comment]))
  const lines = text.split('\n').flatMap((line, index) => {
    const comment = comments.get(index + 1)
    if (!comment) return [line]
    return comment.standsAlone ? [] : [line.slice(0, comment.column - 1).trimEnd()]
  })
  return lines.join('\n')
}
