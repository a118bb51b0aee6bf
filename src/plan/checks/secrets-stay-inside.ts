import type { BoundTemplate } from '../../binding/bind.ts'
import { type Traced, traceTemplate } from '../../expressions/template.ts'
import { answerTemplates } from '../answer-templates.ts'
import type { Origin, TracedMark } from '../marks.ts'
import { traceValues } from '../traced-values.ts'
import type { RouteCheck } from './check.ts'

/**
 * A color declared `secret`, or the text of a file, does not reach what the client is sent: not by itself, not through what is made of it, and
 * not in anything that contains a place where it is (`traceValues`).
 */
export const secretsStayInside: RouteCheck = (route, { colors, diagnostics }) => {
  const secrets = traceValues(
    route,
    (color) => colors.get(color)?.sensitivity === 'secret',
    ({ from }) => from === 'file',
  )
  if (secrets.marks.length === 0) return
  const check = (templates: readonly BoundTemplate[], marks: readonly TracedMark[]) => {
    for (const { template, locate } of templates) {
      const found = traceTemplate<Origin>(template, marks)
      // What reads several is told once.
      for (const [first] of Map.groupBy(found, ({ at, offset }) => JSON.stringify([at, offset])).values()) {
        const { mark, at, offset, length } = first!
        const message = `\`${mark.origin.color}\` is secret and would be sent to the client`
        diagnostics.add('secret-in-response', message, locate(at, offset, length), helpWith(first!), mark.origin.at)
      }
    }
  }
  for (const { templates, step } of answerTemplates(route))
    check(templates, step ? secrets.seenIn(step) : secrets.marks)
}

function helpWith({ area, mark: { origin } }: Traced<Origin>): string {
  const entry = `\`${origin.color}\` ${origin.from === undefined ? 'is given here' : `comes from \`${origin.from}\``}`
  return area.length > 0 ? `name the members that may be sent: ${entry}` : entry
}
