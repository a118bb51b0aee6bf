import { toGatewayError } from '../../errors.ts'
import { contained } from '../../faults.ts'
import type { Answer } from '../../run/outcome.ts'
import type { RouteRequest } from '../../run/route-request.ts'
import type { Exchange } from './exchange.ts'

/** Answers with something of the gateway's own, in a coding that the client takes where the gateway's file says `compress`. */
export function answerOwn(
  exchange: Exchange,
  { parts, isAmbient }: RouteRequest,
  { headers, body }: Pick<Answer, 'headers' | 'body'>,
): void {
  const answer: Answer = { kind: 'answer', status: 200, headers, body, records: [], degraded: [] }
  const coded = exchange.activation.codeOwn?.(answer, parts.headers, isAmbient) ?? answer
  if (!(coded instanceof Promise)) exchange.answer(coded)
  else
    coded.then(
      contained('promise', exchange, (known) => exchange.answer(known)),
      contained('promise', exchange, (thrown: unknown) => exchange.fail(toGatewayError(thrown))),
    )
}
