import type { Call } from '../calls/call.ts'
import type { Clock } from '../clock.ts'
import { eventsOf, type LeftOut, leftOut } from '../expressions/document.ts'
import type { AggregatedRoute } from '../plan/snapshot.ts'
import { Context, Exit, type RequestRun } from '../steps/context.ts'
import { type Execution, endWith, failedInResponse, printExit } from './execution.ts'
import type { Answer, Failure } from './outcome.ts'
import { answerInParts, type Begin } from './progressive/answer-in-parts.ts'
import type { Handle } from './stage.ts'

export interface ExecutionParts {
  readonly clock: Clock
  /** Told how long the first part of a page took that goes out in parts, in milliseconds. */
  readonly firstPart?: ((ms: number) => void) | undefined
  /** The calls of the route's sites, in their order, as they are made now. */
  readonly calls: () => readonly Call[]
  readonly stepEnded: RequestRun['stepEnded']
  readonly emit?: RequestRun['emit']
}

const leastMs = 1

/**
 * The end of an aggregated route: its steps, then its response. Never throws or rejects. The budget needs no timer of
 * its own: every wait in a step is cut to what is left of it, so fallbacks still answer when it has run out.
 */
export function executeSteps(route: AggregatedRoute, parts: ExecutionParts): Handle {
  const begin = compileBegin(route, parts)
  const whole: Handle = (request, client) => {
    const execution = begin(request, client)
    try {
      const pending = route.run(execution.context)
      if (!pending) return respond(execution)
      return pending.then(
        () => respond(execution),
        (thrown: unknown) => endWith(execution, thrown),
      )
    } catch (thrown) {
      return endWith(execution, thrown)
    }
  }
  return route.progressive ? answerInParts(route.progressive, { begin, whole, ...parts }) : whole
}

function compileBegin(route: AggregatedRoute, { clock, calls, stepEnded, emit }: ExecutionParts): Begin {
  const { timeoutMs: budgetMs, maxCalls } = route
  const now = () => clock.now()
  return (request, client) => {
    const { work } = request
    const document = request.document!
    const left: LeftOut[] = []
    document[leftOut] = left
    document[eventsOf] = client.span
    const startedAt = now()
    const run: RequestRun = {
      calls: calls(),
      records: [],
      clock,
      now,
      startedAt,
      // What waited for all of its time before is late, and still makes a page of what stands in.
      deadline: Math.max(request.deadline, startedAt + leastMs),
      budgetMs,
      maxCalls,
      callsLeft: maxCalls,
      propagation: client.propagation(),
      isApart: request.debug !== undefined,
      progress: undefined,
      stepEnded,
      emit,
    }
    return { route, context: new Context(run, document, client.scope, client.span), left, work }
  }
}

/** Fills the response when the steps have ended. */
export function respond(execution: Execution): Answer | Failure | Promise<Answer | Failure> {
  try {
    const exit = fillResponse(execution)
    if (!(exit instanceof Promise)) return printExit(execution, exit)
    return exit.then((filled) => printExit(execution, filled)).catch((thrown: unknown) => endWith(execution, thrown))
  } catch (thrown) {
    return endWith(execution, thrown)
  }
}

const noContent = new Exit(204, {}, undefined)

/** A response that cannot be filled is a failure of the step `response`: once the route's `catch` may mend it. */
function fillResponse({ route, context }: Execution): Exit | Promise<Exit> {
  try {
    return fillOnce(route, context)
  } catch (thrown) {
    const { recover } = route
    if (!recover) throw thrown
    const pending = recover(context, thrown)
    return pending ? pending.then(() => fillOnce(route, context)) : fillOnce(route, context)
  }
}

function fillOnce({ fillResponse: fill }: AggregatedRoute, { document, span }: Context): Exit {
  try {
    return fill?.(document) ?? noContent
  } catch (thrown) {
    throw failedInResponse(thrown, span)
  }
}
