import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RunRecord } from '../../durable/runs/record.ts'
import { toGatewayError } from '../../errors.ts'
import { contained } from '../../faults.ts'
import type { AggregatedRoute } from '../../plan/snapshot.ts'
import { callerOf } from '../../run/caller.ts'
import type { Answer, StreamedAnswer } from '../../run/outcome.ts'
import { refuse } from '../../run/refusals.ts'
import { headersForBrowser } from '../http/for-browsers.ts'
import { checkRequest, pathOf } from '../http/strict.ts'
import type { Serving } from '../lifecycle/serving.ts'
import { passCall } from '../mcp/tool-call.ts'
import { checkPath, passOutside } from '../requests/dispatch.ts'
import { Exchange } from '../requests/exchange.ts'
import { ServerRequestParts } from '../requests/request-parts.ts'
import { answerOfRun, statusOf } from './answers.ts'
import { lastEventId, watchRun } from './events.ts'
import { runsPath } from './place.ts'

/** Ids that are not guessed. */
const place = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(\/answer)?$/

/**
 * Tells whoever began a run what it is at, and its answer. It stands before every route, since a `proxy:` may take any path.
 * Whatever is not his to know is not there.
 */
export function answerRuns(serving: Serving, request: IncomingMessage, response: ServerResponse): void {
  const activation = serving.current
  const exchange = new Exchange(serving, activation, undefined, request, response)
  const { method } = request
  const refusal = checkRequest(request) ?? checkPath(request)
  if (refusal) exchange.fail(refusal)
  else if (method !== 'GET' && method !== 'HEAD') exchange.fail(refuse('method-not-allowed'), { allow: 'GET' })
  else
    passOutside(exchange, () => {
      tell(exchange).then(
        contained('promise', exchange, (answer) => exchange.answer(answer)),
        contained('promise', exchange, (thrown: unknown) =>
          exchange.fail(toGatewayError(thrown), { 'cache-control': 'no-store' }),
        ),
      )
    })
}

function wantsEvents({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && /\btext\/event-stream\b/i.test(headers.accept ?? '')
}

/** Tells a browser that has had the last event to connect no more. */
const noMore: Answer = {
  ...{
    kind: 'answer',
    status: 204,
    headers: { 'cache-control': 'no-store' },
    body: undefined,
    records: [],
    degraded: [],
  },
}

/** Who may be told of a run. */
interface Asking {
  readonly route: AggregatedRoute
  /** Until when: epoch milliseconds. */
  readonly expiresMs: number | undefined
}

async function tell(exchange: Exchange): Promise<Answer | StreamedAnswer> {
  const [, id, ofAnswer] = place.exec(pathOf(exchange.request).slice(runsPath.length)) ?? []
  const run = id === undefined ? undefined : await exchange.serving.durable.find(id)
  const asking = run && (await letIn(exchange, run))
  if (!asking) throw refuse('not-found')
  exchange.ownHeaders = headersForBrowser(asking.route.browsers, exchange.request)
  const context = { ...exchange.problemContext(), route: run.route }
  if (!ofAnswer && wantsEvents(exchange.request)) {
    const { serving } = exchange
    const { clock, durable } = serving
    if (exchange.request.headers['last-event-id'] === lastEventId) return noMore
    const isOver = () => serving.isDraining || exchange.isGone
    return watchRun(run, {
      clock,
      owner: exchange,
      context,
      expiresMs: asking.expiresMs,
      look: () => durable.find(run.id),
      isOver,
    })
  }
  const answer = ofAnswer ? answerOfRun(run, context) : statusOf(run, context)
  if (!answer) throw refuse('not-found')
  return answer
}

/** The route of a run, where it is there for whoever asks, lets him in, and the run is no one else's. */
async function letIn(exchange: Exchange, run: RunRecord): Promise<Asking | undefined> {
  const { activation, request } = exchange
  const asked = activation.runs.find(run.route)
  if (!asked) return undefined
  const { route, gates } = asked
  if (![...activation.routesFor(request)].some((one) => one.route === route)) return undefined
  const parts = new ServerRequestParts(request, {}, activation.addresses)
  const outcome = await passCall(exchange, route, parts, gates)
  if (outcome.kind === 'failure') {
    const { status } = outcome.error
    // Nobody can tell now, or not so often: that says nothing of the run.
    if (status >= 500 || status === 429) throw outcome.error
    return undefined
  }
  // Another answer sends people to where they sign in.
  const isHis = run.by === undefined || run.by === callerOf(parts.identity)
  return outcome.status === 204 && isHis ? { route, expiresMs: parts.identity?.expiresMs } : undefined
}
