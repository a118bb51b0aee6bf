import { Backends } from '../../src/calls/registry.ts'
import { Scope } from '../../src/cancellation.ts'
import { type Clock, systemClock } from '../../src/clock.ts'
import type { RequestParts } from '../../src/plan/request-parts.ts'
import type { AggregatedRoute } from '../../src/plan/snapshot.ts'
import type { Answer, Failure } from '../../src/run/outcome.ts'
import { contentFieldsOf, type OutgoingRequest, type TransportKind } from '../../src/transports/transport.ts'
import { requestParts, silentSpan } from './engine.ts'
import { execute } from './execute.ts'

/** The body of an answer; undefined for a 503. */
export type Answering = (request: OutgoingRequest) => string | Buffer | undefined

function memory(answer: Answering): TransportKind {
  const headers = { 'content-type': 'application/json', 'content-length': '1' }
  return {
    name: 'memory',
    summary: 'answers from memory',
    open: () => ({
      async send(request) {
        const body = answer(request)
        const status = body === undefined ? 503 : 200
        return { status, headers, ...contentFieldsOf(headers), body: Buffer.from(body ?? '') }
      },
      close: async () => {},
    }),
  }
}

/** A route with all its policies, its backends answered from memory. */
export function openRoute(route: AggregatedRoute, answer: Answering, clock: Clock = systemClock) {
  const backends = new Backends({ clock, transport: memory(answer) })
  const opened = backends.open(route.callSites)
  return {
    run: (request: Partial<RequestParts> = {}): Promise<Answer | Failure> =>
      execute({
        route,
        request: requestParts(request),
        calls: opened.calls,
        clock,
        scope: new Scope(),
        span: silentSpan,
        propagation: { tracestate: undefined, baggage: undefined, requestId: 'r1' },
        budgetMs: undefined,
        stepEnded: () => {},
      }),
    async close() {
      opened.release()
      await backends.close()
    },
  }
}

/** The text of an answer's body; of a failure its code. */
export function textOf(outcome: Answer | Failure): string {
  return outcome.kind === 'failure' ? outcome.error.code : Buffer.from(outcome.body ?? '').toString()
}
