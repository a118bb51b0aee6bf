import * as z from 'zod'
import type { Template } from '../expressions/template.ts'
import { isUtf8Charset } from '../formats/charset.ts'
import { charsetOf, mediaTypeOf } from '../formats/content-type.ts'
import { type Format, Unwritable } from '../formats/format.ts'
import { chooseFormat, formatOf } from '../formats/index.ts'
import { type BoundTemplate, givesRaw } from './bind.ts'
import type { Language } from './color.ts'
import type { BoundHeader } from './headers.ts'
import type { Position } from './shape.ts'

/** `encode:` of an operation or an answer. */
export const encodeShape = z.enum(['json', 'form', 'multipart', 'text', 'xml', 'csv'])

/** What of a definition says how its body is written. */
interface Encoding {
  readonly encode?: z.output<typeof encodeShape> | undefined
  readonly headers: readonly BoundHeader[]
  readonly hasBody: boolean
  /** Where one template makes it. */
  readonly body: BoundTemplate | undefined
}

/**
 * The format that a body is written in. A `content-type` in the file must be of it, so that nothing goes out under a
 * name that it does not deserve; one that a template makes stands.
 */
export function bindEncoding(
  { encode, headers, hasBody, body }: Encoding,
  position: Position,
  { diagnostics }: Pick<Language, 'diagnostics'>,
): Format {
  const isRaw = body !== undefined && givesRaw(body)
  const format = formatOf(isRaw ? 'bytes' : (encode ?? 'json'))
  checkConstant(format, body, diagnostics)
  if (encode && (isRaw || !hasBody)) {
    const why = isRaw ? 'this one goes out as it came' : 'there is none'
    const at = position.source.locateKey([...position.path, 'encode'])
    diagnostics.add('content-type-mismatch', `\`encode\` says how a body is written, and ${why}`, at)
  }
  if (isRaw || !hasBody) return format
  const header = headers.find(({ name }) => name === 'content-type')
  const written = header?.value.template.kind === 'literal' ? header.value.template.value : undefined
  if (!header || (typeof written !== 'string' && format.name !== 'multipart')) return format
  const report = (message: string, help: string) =>
    diagnostics.add('content-type-mismatch', message, header.value.at, help)
  if (format.name === 'multipart') {
    report('a `multipart` says itself what its boundary is', 'leave `content-type` away')
  } else if (!format.matches(mediaTypeOf(written as string))) {
    const meant = chooseFormat(written as string)
    const help = meant?.encode ? `write \`encode: ${meant.name}\`` : 'write `encode: text` for text'
    report(`the body is written as ${format.name}, which \`${written}\` is not`, help)
  } else if (!isUtf8Charset(charsetOf(written as string))) {
    report('what is written is UTF-8', 'leave the charset away')
  }
  return format
}

/** What is the same for every request need not wait for one to be found out. */
function checkConstant(format: Format, body: BoundTemplate | undefined, diagnostics: Language['diagnostics']): void {
  const [value] = body ? constantOf(body.template) : []
  if (value === undefined) return
  try {
    format.encode!(value)
  } catch (thrown) {
    if (!(thrown instanceof Unwritable)) throw thrown
    diagnostics.add('invalid-value', `it cannot be written as ${format.name}: ${thrown.message}`, body!.at)
  }
}

/** The value of a template in which nothing is read or computed; none of any other. */
function constantOf(template: Template): readonly [value?: unknown] {
  switch (template.kind) {
    case 'literal':
      return [template.value]
    case 'array': {
      const items = template.items.map(constantOf)
      return items.every(({ length }) => length === 1) ? [items.flat(1)] : []
    }
    case 'object': {
      const members = template.members.map(([name, value]) => [name, constantOf(value)] as const)
      const isConstant = members.every(([, { length }]) => length === 1)
      return isConstant ? [Object.fromEntries(members.map(([name, [value]]) => [name, value]))] : []
    }
    default:
      return []
  }
}
