import type { Template } from '../values/template.ts'
import type { BoundTemplate } from './bind.ts'
import type { Language } from './color.ts'
import { type Place, variablesAt } from './shape.ts'

/** What no header may hold: a line's end, NUL, any other control character but the tab. */
const unsendable = /[^\t\x20-\x7e\x80-\u{10ffff}]/u

/** Reports a constant of a header that could never be sent, so that not every request has to find out. */
export function checkHeaderValue(value: BoundTemplate, place: Place, { diagnostics }: Language): void {
  if (!constantsOf(value.template).some((text) => unsendable.test(text))) return
  const variables = variablesAt(place)
  const what = variables ? `\`${variables.written}\`` : 'this text'
  const help = variables ? `look at the end of env.${variables.references[0]!.name}: a line's end, maybe` : undefined
  diagnostics.add('invalid-value', `${what} holds a control character, which no header can`, value.at, help)
}

/** The texts that are in it whatever the context is. Line ends around an expression are YAML's, and go. */
function constantsOf(template: Template): string[] {
  if (template.kind === 'literal') return typeof template.value === 'string' ? [template.value] : []
  if (template.kind === 'array') return template.items.flatMap(constantsOf)
  return template.kind === 'interpolation' ? template.parts.filter((part) => typeof part === 'string') : []
}
