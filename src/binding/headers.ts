import * as z from 'zod'
import type { DiagnosticCollector } from '../diagnostics/collector.ts'
import type { Location } from '../diagnostics/diagnostic.ts'
import type { Template } from '../expressions/template.ts'
import { type HeaderSide, isHeaderName, isHeaderValue, isOfCors, whyReserved } from '../header-fields.ts'
import { type BoundTemplate, bindTemplate } from './bind.ts'
import type { Language } from './color.ts'
import { template } from './scalars.ts'
import { type Position, variablesAt, within } from './shape.ts'
import { asWrittenText } from './written.ts'

/** `headers:` of a service, an operation or an answer. Its names are checked where it is bound. */
export const headersShape = z.record(z.string(), template)

/** A header that is sent, its value bound; in lower case. */
export interface BoundHeader {
  readonly name: string
  readonly value: BoundTemplate
  /** Whether its text names variables of the environment: where keys are put. */
  readonly namesVariables: boolean
}

/** Binds `headers:`. A name that is none, that nobody may set, or that is there twice is reported and left out. */
export function bindHeaders(
  entries: Readonly<Record<string, unknown>>,
  side: HeaderSide,
  position: Position,
  language: Language,
): BoundHeader[] {
  const seen = new Map<string, string>()
  return Object.entries(entries).flatMap(([name, entry]) => {
    const at = position.source.locateKey([...position.path, name])
    if (!checkHeaderName(name, side, at, language.diagnostics)) return []
    const lower = name.toLowerCase()
    if (side === 'response' && language.saysCors && isOfCors(lower)) {
      language.diagnostics.add('reserved-header', `\`${name}\` cannot be set: \`cors\` says it`, at, corsHelp)
      return []
    }
    const before = seen.get(lower)
    if (before !== undefined) {
      language.diagnostics.add('duplicate-key', `\`${name}\` is the header \`${before}\` once more`, at, caseHelp)
      return []
    }
    seen.set(lower, name)
    const value = bindTemplate(asWrittenText(entry, within(position, name)), within(position, name), language)
    checkHeaderValue(value, within(position, name), language)
    return [{ name: lower, value, namesVariables: variablesAt(within(position, name)) !== undefined }]
  })
}

const corsHelp = 'leave it away, and write what is meant as `cors` of the route'
const caseHelp = 'names of headers are the same in upper and lower case'

/** Reports a name that no header can have, or that no configuration may set. */
export function checkHeaderName(
  name: string,
  side: HeaderSide,
  at: Location,
  diagnostics: DiagnosticCollector,
): boolean {
  if (!isHeaderName(name)) {
    const help = 'a name has letters, digits and `-`'
    diagnostics.add('invalid-value', `\`${name}\` is not a header name`, at, help)
    return false
  }
  const why = whyReserved(name, side)
  if (why === undefined) return true
  const help =
    name.toLowerCase() === 'host' && side === 'request' ? hostHelp : 'leave it away: it is set where it is due'
  diagnostics.add('reserved-header', `\`${name}\` cannot be set: it ${why}`, at, help)
  return false
}

const hostHelp = 'it is the host of the endpoint that is called, or `host` of the service'

const hasControl = /[^\t\x20-\x7e\x80-\u{10ffff}]/u

/** Reports a constant of a header that could never be sent, so that not every request has to find out. */
function checkHeaderValue(value: BoundTemplate, position: Position, { diagnostics }: Language): void {
  const text = constantsOf(value.template).find((constant) => !isHeaderValue(constant))
  if (text === undefined) return
  const variables = variablesAt(position)
  const what = variables ? `\`${variables.written}\`` : 'this text'
  const help = variables ? `look at the end of env.${variables.references[0]!.name}: a line's end, maybe` : undefined
  const kind = hasControl.test(text) ? 'a control character' : 'a character beyond ISO 8859-1'
  diagnostics.add('invalid-value', `${what} holds ${kind}, which no header can`, value.at, help)
}

/** The texts that are in it whatever the context is. Line ends around an expression are YAML's, and go. */
function constantsOf(template: Template): string[] {
  if (template.kind === 'literal') return typeof template.value === 'string' ? [template.value] : []
  if (template.kind === 'array') return template.items.flatMap(constantsOf)
  return template.kind === 'interpolation' ? template.parts.filter((part) => typeof part === 'string') : []
}
