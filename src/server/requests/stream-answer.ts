import type { IncomingMessage, ServerResponse } from 'node:http'
import { addForBrowsers } from '../../browsers/security-headers.ts'
import { contained, type Endable } from '../../faults.ts'
import { flattenHeaders } from '../../run/headers.ts'
import type { Answer, AnswerSink, Failure, StreamedAnswer } from '../../run/outcome.ts'
import type { ProblemContext } from '../../run/problem.ts'
import { refuse } from '../../run/refusals.ts'
import { endWhenExpired } from '../http/expiry.ts'
import { beginReply } from '../http/reply.ts'
import { type Reported, tellDropped } from './exchange-report.ts'

/** An exchange as far as its answer is written piece by piece. */
interface Streamed extends Reported, Endable {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly isAnswered: boolean
  readonly ownHeaders: readonly string[] | undefined
  problemContext(): ProblemContext
  noteHead(status: number): void
  noteBytes(bytes: number): void
  note(outcome: Answer | Failure): void
}

/**
 * Writes an answer as it comes, at the pace of who reads. It ends with the token that opened it; who does not read is cut
 * as any slow reader is.
 */
export function streamAnswer(exchange: Streamed, { status, headers, dropped, expiresMs, open }: StreamedAnswer): void {
  const { request, response, serving, ownHeaders } = exchange
  // A client that has gone away is answered nothing.
  if (exchange.isAnswered || response.destroyed) return
  if (dropped) tellDropped(exchange, dropped)
  const flat = flattenHeaders(headers)
  if (ownHeaders) addForBrowsers(flat, ownHeaders)
  const reply = { status, headers: flat, body: undefined }
  const end = beginReply(request, response, reply, exchange.requestId, serving.isDraining)
  exchange.noteHead(status)
  const sink: AnswerSink = {
    context: () => exchange.problemContext(),
    write(piece) {
      if (request.method === 'HEAD' || response.destroyed) return true
      exchange.noteBytes(piece.length)
      return response.write(piece)
    },
    end(outcome) {
      exchange.note(outcome)
      if (!response.destroyed) end()
    },
  }
  const source = open(sink)
  response.on(
    'drain',
    contained('response', exchange, () => source.resume()),
  )
  if (expiresMs === undefined || response.writableEnded) return
  const stop = () => source.stop(refuse('unauthenticated', undefined, undefined, 'its token has ended'))
  endWhenExpired(response, expiresMs, serving.clock, stop)
}
