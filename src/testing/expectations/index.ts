import type { ExpectDefinition } from '../shape.ts'
import { expectDegraded, expectError, expectHeaders, expectStatus, expectWithin } from './answer.ts'
import { expectBody, expectMatch, expectParts } from './body.ts'
import { expectCalls } from './calls.ts'
import type { Expectation, ExpectationContext } from './expectation.ts'
import { expectCompensated, expectState } from './run.ts'

/** Binds an `expect:`: every member is an expectation of its own, looked at in this order. */
export function bindExpectations(definition: ExpectDefinition, context: ExpectationContext): Expectation[] {
  const { status, error, headers, body, parts, match, degraded, calls, state, compensated, within } = definition
  return [
    ...(status === undefined ? [] : [expectStatus(status, context)]),
    ...(error === undefined ? [] : [expectError(error, context)]),
    ...(headers === undefined ? [] : [expectHeaders(headers, context)]),
    ...(body === undefined ? [] : [expectBody(body, context)]),
    ...(parts === undefined ? [] : [expectParts(parts, context)]),
    ...Object.entries(match ?? {}).map(([query, wanted]) => expectMatch(query, wanted, context)),
    ...(degraded === undefined ? [] : [expectDegraded(degraded, context)]),
    ...(calls === undefined ? [] : [expectCalls(calls, context)]),
    ...(state === undefined ? [] : [expectState(state, context)]),
    ...(compensated === undefined ? [] : [expectCompensated(compensated, context)]),
    ...(within === undefined ? [] : [expectWithin(within, context)]),
  ]
}
