import { printJson } from '../../json-text.ts'
import type { DebugRule } from '../../plan/debug-rule.ts'
import type { Answer, Outcome } from '../outcome.ts'
import type { DebugWish, RouteRequest } from '../route-request.ts'
import { andThen, defineStage, type LineageOf } from '../stage.ts'

/** What a client asks with, in lower case. */
export const recordHeader = 'tessera-record'
const lineageHeader = 'tessera-lineage'

/** The last member of an answer that tells where its other members come from. */
export const lineageMember = 'tessera-lineage'

/**
 * Takes note of who asks to be recorded, or to be told where members of the answer come from, and may. What he is
 * answered is made for him alone, and nobody keeps it. Of who may not, nothing is heeded.
 */
export const debug = defineStage({
  name: 'debug',
  on: ['route', 'proxy'],
  open(route, { lineageOf }) {
    const { debug: rule } = route
    if (!rule) return undefined
    const tell = route.kind === 'aggregate' ? lineageOf?.(route) : undefined
    return (next) => (request, client) => {
      const wish = wishOf(request)
      if (!wish || !mayAsk(rule, request)) return next(request, client)
      request.debug = wish
      if (route.kind === 'passthrough') client.addHeaders(['cache-control', 'no-store'])
      return andThen(next(request, client), (outcome) => {
        const told = tell && wish.lineage && outcome.kind === 'answer' ? addLineage(outcome, tell) : outcome
        return keepNowhere(told)
      })
    }
  },
})

function wishOf({ parts: { headers } }: RouteRequest): DebugWish | undefined {
  const record = headers[recordHeader] === '1'
  const lineage = headers[lineageHeader] === '1'
  return record || lineage ? { record, lineage } : undefined
}

function mayAsk({ test, view }: DebugRule, { parts, work }: RouteRequest): boolean {
  try {
    return test(view(parts, work)) === true
  } catch {
    // What cannot be told is not allowed.
    return false
  }
}

function keepNowhere(outcome: Outcome): Outcome {
  if (outcome.kind === 'passed-on') return outcome
  const { etag: _, ...headers } = outcome.headers
  return { ...outcome, headers: { ...headers, 'cache-control': 'no-store' } }
}

/** Only an object has members. */
function addLineage(answer: Answer, tell: ReturnType<LineageOf>): Answer {
  const { body } = answer
  const text =
    body && /\bjson\b/i.test(String(answer.headers['content-type'] ?? 'json'))
      ? Buffer.from(body).toString().trim()
      : undefined
  if (!text?.startsWith('{')) return answer
  const inner = text.slice(1, -1).trim()
  const member = `${JSON.stringify(lineageMember)}:${printJson(tell(answer))}`
  return { ...answer, body: Buffer.from(`{${inner === '' ? '' : `${inner},`}${member}}`) }
}
