import type { Document, LineCounter, ParseOptions } from 'yaml'
import { runToEnd, type Work } from '../work.ts'
import { loadYaml } from './library.ts'

/** The syntax tree of a text. */
export interface SyntaxTree {
  readonly document: Document.Parsed
  readonly lines: LineCounter
}

/** Far more than anyone writes. The library takes minutes for 100,000 brackets, and its recursion ends at some 1,000. */
const maxDepth = 100

const lexemesInStep = 1000

// uniqueKeys is quadratic in yaml 2 (20,000 keys take 5 s), so the reader looks for duplicates itself.
const options = { uniqueKeys: false, prettyErrors: false, merge: false }

export function parseTree(text: string): SyntaxTree {
  return runToEnd(parseTreeInSteps(text))
}

/** The same in steps of a millisecond or so, but for the last: a tree is made of its tokens in one go. */
export function* parseTreeInSteps(text: string): Work<SyntaxTree> {
  const { Composer, Lexer, LineCounter, Parser } = loadYaml()
  const lines = new LineCounter()
  lines.addNewLine(0)
  const parser = new Parser(lines.addNewLine)
  const composer = new Composer(options as ParseOptions)
  const documents: Document.Parsed[] = []
  let lexemes = 0
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) documents.push(...composer.next(token))
    if (parser.stack.length > maxDepth) return { document: refuse(parser.offset, tooDeep), lines }
    if (documents.length > 1) break
    lexemes += 1
    if (lexemes % lexemesInStep === 0) yield
  }
  if (documents.length < 2) {
    yield
    for (const token of parser.end()) documents.push(...composer.next(token))
    documents.push(...composer.end(true, text.length))
  }
  const [document, second] = documents
  if (second) document!.errors.push(refuse(second.range[0], severalDocuments).errors[0]!)
  return { document: document!, lines }
}

const tooDeep = ['RESOURCE_EXHAUSTION', `Nested more than ${maxDepth} levels deep`] as const
const severalDocuments = ['MULTIPLE_DOCS', 'Several documents'] as const

/** A document of nothing but an error. */
function refuse(offset: number, [code, message]: typeof tooDeep | typeof severalDocuments): Document.Parsed {
  const { Document, YAMLParseError } = loadYaml()
  const document = new Document() as unknown as Document.Parsed
  document.errors.push(new YAMLParseError([offset, offset + 1], code, message))
  return document
}
