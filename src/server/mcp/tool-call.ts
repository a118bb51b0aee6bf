import { type GatewayError, toGatewayError } from '../../errors.ts'
import { parseJson, printJson } from '../../json-text.ts'
import type { RequestParts } from '../../plan/request-parts.ts'
import type { AggregatedRoute } from '../../plan/snapshot.ts'
import type { Answer, Failure, Outcome } from '../../run/outcome.ts'
import type { Pipeline } from '../../run/pipeline.ts'
import { tellPath } from '../../run/problem.ts'
import { refuse, tooLarge } from '../../run/refusals.ts'
import { type Reply, renderReply } from '../../run/reply.ts'
import { RouteRequest } from '../../run/route-request.ts'
import type { Client, Departure, ReceivedBody } from '../../run/stage.ts'
import type { ActiveAggregate } from '../lifecycle/activation.ts'
import { priorityOf, tooMuch } from '../overload/shed.ts'
import type { Exchange } from '../requests/exchange.ts'
import { tellEnd, tellError } from '../requests/exchange-report.ts'

/** What a call came to, as its client is told. */
export interface ToolResult {
  readonly content: readonly { readonly type: 'text'; readonly text: string }[]
  readonly structuredContent?: unknown
  readonly isError?: boolean
}

/** Of who asks for several tools at once. */
type Asking = Pick<Client, 'judged' | 'verdicts'>

/** Whoever calls a tool: a client of its route within the exchange that brings the call. */
class ToolClient implements Client {
  readonly target: string
  readonly judged: Client['judged']
  readonly verdicts: Client['verdicts']
  readonly isCounted: boolean
  readonly #exchange: Exchange
  readonly #body: unknown
  readonly #leavers: ((departure: Departure) => void)[] = []

  constructor(exchange: Exchange, { path, body }: RequestParts, asking: Asking) {
    this.judged = asking.judged
    this.verdicts = asking.verdicts
    this.isCounted = exchange.activation.mcp?.isCounted ?? false
    this.#exchange = exchange
    this.#body = body
    this.target = path
  }

  get scope() {
    return this.#exchange.scope
  }

  get span() {
    return this.#exchange.span
  }

  propagation() {
    return this.#exchange.propagation()
  }

  /** They are of HTTP: rates, challenges. What a session needs to go on is the exchange's own. */
  addHeaders(): void {}

  get hasBody(): boolean {
    return this.#body !== undefined
  }

  async receiveBody(maxBytes: number): Promise<ReceivedBody> {
    const bytes = Buffer.from(printJson(this.#body))
    if (bytes.length > maxBytes) throw tooLarge(maxBytes)
    return { bytes }
  }

  whenGone(leave: (departure: Departure) => void): void {
    this.#leavers.push(leave)
  }

  passOn(): void {}

  leave(departure: Departure): void {
    for (const leave of this.#leavers) leave(departure)
  }
}

/** Sends a call through the stages of its route, its own or those that are given. Never rejects. */
export function passCall(
  exchange: Exchange,
  route: AggregatedRoute,
  parts: RequestParts,
  pipeline: Pipeline,
  asking: Asking = {},
): Promise<Answer | Failure> {
  const { clock, overload } = exchange.serving
  const client = new ToolClient(exchange, parts, asking)
  const request = new RouteRequest(route, parts, clock, clock.now() + route.timeoutMs)
  return new Promise((resolve) => {
    const done = (outcome: Outcome) => {
      // A tool gives a whole: nothing asks for parts here but an argument that stands for `accept`.
      const isWhole = outcome.kind === 'answer' || outcome.kind === 'failure'
      const ended = isWhole ? outcome : failureOf(refuse('not-found'))
      client.leave({ isServed: ended.kind === 'answer' && ended.status < 500, backendMs: undefined })
      resolve(ended)
    }
    if (overload.isBusy && overload.sheds(priorityOf(request))) done(failureOf(tooMuch()))
    else pipeline.answer(request, client, done)
  })
}

/** Calls a tool: a request of its route, counted and told of as one. */
export async function callTool(exchange: Exchange, active: ActiveAggregate, parts: RequestParts): Promise<ToolResult> {
  const { serving, activation, span, requestId, scope } = exchange
  const { route, metrics, pipeline } = active
  const startedAt = serving.clock.now()
  metrics.begin()
  if (span.sampled) span.set({ 'tessera.route': route.name })
  const outcome = await passCall(exchange, route, parts, pipeline)
  const reply = render(exchange, active, parts, outcome)
  const { status, body } = reply
  const ms = serving.clock.now() - startedAt
  metrics.end(status, ms / 1000, parts.method)
  const { path } = parts
  const { socket, headers, httpVersion } = exchange.request
  const told = {
    ...{ serving, activation, requestId, route, path, toldPath: tellPath(route, path), span, scope },
    request: { method: parts.method, socket, headers, httpVersion },
    asked: undefined,
  }
  const error = outcome.kind === 'failure' ? outcome.error : undefined
  if (error) tellError(told, error)
  tellEnd(told, { status, ms, bytes: body?.length ?? 0, outcome, errorCode: error?.code, error })
  return resultOf(reply)
}

function render(exchange: Exchange, { route }: ActiveAggregate, parts: RequestParts, outcome: Answer | Failure): Reply {
  const context = { path: tellPath(route, parts.path), route: route.name, traceId: exchange.span.traceId }
  try {
    return renderReply(outcome, () => context)
  } catch (thrown) {
    return renderReply(failureOf(toGatewayError(thrown)), () => context)
  }
}

/** What an answer says, as text, and as what it means where that is an object. */
export function resultOf({ status, headers, body }: Pick<Reply, 'status' | 'headers' | 'body'>): ToolResult {
  const isError = status >= 400
  const at = headers.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'content-type')
  const type = at < 0 ? '' : headers[at + 1]!
  const isText = body === undefined || /^text\/|\b(?:json|xml|csv|x-www-form-urlencoded)\b/i.test(type)
  const text = isText ? Buffer.from(body ?? []).toString() : `${body.length} bytes of ${type}`
  const value = isText && !isError && /\bjson\b/i.test(type) ? readObject(text) : undefined
  return {
    content: [{ type: 'text', text }],
    ...(value !== undefined && { structuredContent: value }),
    ...(isError && { isError }),
  }
}

/** A problem of a call that never was one of its route. */
export function resultOfError(exchange: Exchange, error: GatewayError): ToolResult {
  const context = { path: exchange.toldPath, route: undefined, traceId: exchange.span.traceId }
  return resultOf(renderReply(failureOf(error), () => context))
}

function failureOf(error: GatewayError): Failure {
  return { kind: 'failure', error, headers: {}, records: [] }
}

function readObject(text: string): unknown {
  const value: unknown = parseJson(text)
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
}
