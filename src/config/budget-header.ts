import * as z from 'zod'
import { budgetHeader } from '../calls/headers.ts'
import { isHeaderName, whyReserved } from '../header-fields.ts'

/** What calls carry besides: none of them can tell the budget. */
const taken: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'authorization',
  'baggage',
  'content-encoding',
  'content-type',
  'cookie',
  'traceparent',
  'tracestate',
  'x-request-id',
])

/** `budgetHeader:` in lower case; undefined for `false`. */
export const budgetHeaderShape = z
  .union([z.literal(false), z.string()])
  .transform((name, context): string | false => {
    if (name === false) return false
    const lower = name.toLowerCase()
    const fault = findFault(lower)
    if (fault === undefined) return lower
    context.addIssue({ code: 'custom', message: `\`${name}\` ${fault}`, params: { help: `like ${budgetHeader}` } })
    return z.NEVER
  })
  .meta({
    description:
      'The header that tells a backend how many milliseconds the gateway still waits for its answer. `false`: none.',
    examples: [budgetHeader, false],
  })

function findFault(name: string): string | undefined {
  if (!isHeaderName(name)) return 'is not the name of a header'
  return whyReserved(name, 'request') ?? (taken.has(name) ? 'says something else already' : undefined)
}
