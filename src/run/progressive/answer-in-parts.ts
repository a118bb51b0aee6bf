import type { ProgressivePage } from '../../plan/progressive.ts'
import type { Execution } from '../execution.ts'
import type { Answer, Outcome } from '../outcome.ts'
import type { RouteRequest } from '../route-request.ts'
import { andThen, type Client, type Handle } from '../stage.ts'
import { chooseFraming } from './choose.ts'
import { lastEventId } from './framing.ts'
import { varyByAccept } from './head.ts'
import { PartStream } from './part-stream.ts'

/** Makes the context of a request in which the steps of its route run. */
export type Begin = (request: RouteRequest, client: Client) => Execution

interface Ends {
  readonly begin: Begin
  /** Answers with the whole page. */
  readonly whole: Handle
  readonly firstPart?: ((ms: number) => void) | undefined
}

/** The end of a route whose page goes out in parts to who asks for them, and as a whole to all others. */
export function answerInParts(page: ProgressivePage, { begin, whole, firstPart }: Ends): Handle {
  return (request, client) => {
    // What is told of all of it comes with all of it.
    if (request.debug?.lineage) return andThen(whole(request, client), noteChoice)
    const { headers } = request.parts
    const framing = chooseFraming(headers['accept'])
    if (!framing) return andThen(whole(request, client), noteChoice)
    if (headers['last-event-id'] === lastEventId) return allSeen
    const { expiresMs } = request
    return new PartStream(begin(request, client), page, framing, { expiresMs, firstPart }).begin().then(noteChoice)
  }
}

/** By this a browser knows that it need not come again (HTML standard, 9.2.3). */
const allSeen: Answer = { kind: 'answer', status: 204, headers: {}, body: undefined, records: [], degraded: [] }

function noteChoice(outcome: Outcome): Outcome {
  if (outcome.kind !== 'answer') return outcome
  return { ...outcome, headers: { ...outcome.headers, vary: varyByAccept(outcome.headers['vary']) } }
}
