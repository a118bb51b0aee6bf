import type { YAMLParseError } from 'yaml'

interface Explanation {
  readonly message: string
  readonly help: string | undefined
}

const quoteText = "inside { } and [ ] quote what holds braces, brackets or commas: '$.items[*].id'"
const spaceBehindColon = 'put a space behind the colon'

/** What is behind that of a line says no more of it, and takes patterns forever. */
const longestLine = 1000

/** Says in plain words why a text is not YAML, and what the one who wrote it most likely wants to do. */
export function explainSyntax(error: YAMLParseError, text: string): Explanation {
  const [start, end] = error.pos
  const line = lineAt(text, start)
  const message = explain(error, text.slice(start, Math.max(end, start + 1)).split('\n')[0]!)
  return { message, help: advise(error, line) }
}

function explain({ code, message }: YAMLParseError, found: string): string {
  const wanted = /end with a (\S)/.exec(message)?.[1] ?? /Missing closing (["'])/.exec(message)?.[1]
  if (wanted !== undefined) return `a closing ${wanted} is missing`
  switch (code) {
    case 'MISSING_CHAR':
      if (message.startsWith('Missing ,')) return 'a comma is missing between two items'
      return message.startsWith('Implicit map keys') ? 'a colon is missing behind this key' : plain(message)
    case 'UNEXPECTED_TOKEN':
      return found.trim() === '' ? 'the text ends or breaks off here' : `\`${found.trim()}\` is not expected here`
    case 'BLOCK_AS_IMPLICIT_KEY':
      return 'a second `key: value` in one line'
    case 'MULTILINE_IMPLICIT_KEY':
      return 'this is not `key: value`'
    case 'BAD_INDENT':
      return 'the indentation fits nothing above it'
    case 'TAB_AS_INDENT':
      return 'a tab cannot indent'
    case 'MULTIPLE_DOCS':
      return 'a file holds one document, and here a second begins'
    default:
      return plain(message)
  }
}

function plain(message: string): string {
  const [first = ''] = message.split('\n')
  return first.charAt(0).toLowerCase() + first.slice(1).replace(/\.$/, '')
}

function advise({ code }: YAMLParseError, line: string): string | undefined {
  if (/^\s*(- )*[\w.?-]+:[[{"'$\w]/.test(line) && !/: /.test(line)) return spaceBehindColon
  if (/[{[][^'"]*(\$|\{[a-z])/.test(line)) return quoteText
  if (line.includes('\t')) return 'indent with spaces: YAML does not allow tabs'
  if (code === 'BLOCK_AS_IMPLICIT_KEY') return 'quote text that holds a colon and a space, or begin a new line'
  if (code === 'MULTILINE_IMPLICIT_KEY') return 'a colon and a space are missing, or the line above is not closed'
  return undefined
}

function lineAt(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1
  const end = text.indexOf('\n', offset)
  return text.slice(start, Math.min(end < 0 ? text.length : end, start + longestLine))
}
