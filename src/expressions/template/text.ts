import type { Fault } from '../../diagnostics/collector.ts'
import { type EnvReference, EnvText } from '../../environment.ts'
import { compileExpression, type ExpressionTypes } from '../expression.ts'
import { compilePath, isPath } from '../path.ts'
import { readsFile } from './file-part.ts'
import type { EmbeddedExpression, Template, Where } from './nodes.ts'

/**
 * Parses one string of a template: a JSONPath, a `${ … }`, text with some in it, or plain text. The value of a
 * variable is text, whatever stands in it.
 */
export function parseText(
  given: string | EnvText,
  at: Where,
  types: ExpressionTypes,
  fault: (found: Fault) => void,
): Template {
  const text = String(given)
  const references = given instanceof EnvText ? given.references : []
  const refuseVariable = (from: number, to: number): boolean => {
    const found = references.find(({ offset }) => offset >= from && offset < to)
    if (!found) return false
    fault(variableFault(found))
    return true
  }
  if (isPath(text)) {
    if (refuseVariable(0, text.length)) return { kind: 'literal', at, value: null }
    const path = compilePath(text)
    if (!('code' in path)) return { kind: 'path', at, path }
    fault(path)
    return { kind: 'literal', at, value: null }
  }
  warnOfBraces(text, fault)
  if (!text.includes('$')) return { kind: 'literal', at, value: text }

  const parts: (string | EmbeddedExpression)[] = []
  let plain = ''
  let position = 0
  while (position < text.length) {
    const next = text.indexOf('$', position)
    const sign = next < 0 ? undefined : text[next + 1]
    if (sign !== '$' && sign !== '{') {
      const end = next < 0 ? text.length : next + 1
      plain += text.slice(position, end)
      position = end
      continue
    }
    plain += text.slice(position, next)
    const variable = sign === '{' ? references.find(({ offset }) => offset === next) : undefined
    if (variable) {
      if (variable.isFile) {
        if (plain !== '') parts.push(plain)
        plain = ''
        parts.push({ expression: readsFile(variable), offset: next })
      } else plain += variable.value
      position = next + variable.length
      continue
    }
    position = next + 2
    if (sign === '$') {
      plain += '$'
      continue
    }
    const end = findEnd(text, position)
    if (end === undefined) {
      fault({
        code: 'invalid-expression',
        message: 'the `}` that closes `${` is missing',
        offset: next,
        length: text.length - next,
        help: 'a literal `${` is written `$${`',
      })
      return { kind: 'literal', at, value: null }
    }
    if (refuseVariable(position, end)) return { kind: 'literal', at, value: null }
    const expression = compileExpression(text.slice(position, end), types)
    if ('code' in expression) fault({ ...expression, offset: expression.offset + position })
    else {
      if (plain !== '') parts.push(plain)
      plain = ''
      parts.push({ expression, offset: position })
    }
    position = end + 1
  }
  if (plain !== '') parts.push(plain)
  return join(parts, at, references.length > 0)
}

function join(parts: readonly (string | EmbeddedExpression)[], at: Where, isOpaque: boolean): Template {
  const expressions = parts.filter((part) => typeof part !== 'string')
  if (expressions.length === 0) return { kind: 'literal', at, value: parts.join(''), ...(isOpaque && { isOpaque }) }
  // Around a block scalar's only expression YAML leaves line ends.
  const alone =
    !isOpaque && expressions.length === 1 && parts.every((part) => typeof part !== 'string' || part.trim() === '')
  return alone
    ? { kind: 'expression', at, ...expressions[0]! }
    : { kind: 'interpolation', at, parts, ...(isOpaque && { isOpaque }) }
}

const mustache = /\{\{\{?\s*[\w$.-]+\s*\}?\}\}/

/** `{{name}}` fills templates elsewhere; here it is text like any other. */
function warnOfBraces(text: string, fault: (found: Fault) => void): void {
  const found = text.includes('{{') ? mustache.exec(text) : null
  if (!found) return
  const [braces] = found
  const name = braces.replaceAll(/[{}\s]/g, '')
  const message = `\`${braces}\` fills nothing here, it is sent as it stands`
  fault({
    code: 'literal-braces',
    message,
    offset: found.index,
    length: braces.length,
    help: `write \`\${ ${name} }\``,
  })
}

function variableFault({ name, offset, length, isFile }: EnvReference): Fault {
  const written = isFile ? `file:${name}` : `env.${name}`
  const message = `the value of ${written} is data, and this is no place for data`
  const help = isFile ? 'assign it to a color that is `secret`, and read that' : `in CEL it is \`${written}\``
  return { code: 'invalid-expression', message, offset, length, help }
}

/** Where the `}` of an expression stands: braces nest, and in CEL's strings they mean nothing. */
export function findEnd(text: string, start: number): number | undefined {
  let depth = 0
  for (let i = start; i < text.length; i++) {
    const character = text[i]
    if (character === '{') depth += 1
    else if (character === '}') {
      if (depth === 0) return i
      depth -= 1
    } else if (character === "'" || character === '"') {
      const quote = text.startsWith(character.repeat(3), i) ? character.repeat(3) : character
      i += quote.length
      while (i < text.length && !text.startsWith(quote, i)) i += text[i] === '\\' ? 2 : 1
      i += quote.length - 1
    }
  }
  return undefined
}
