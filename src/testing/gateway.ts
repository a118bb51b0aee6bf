import { Admission } from '../admission/admission.ts'
import type { Call } from '../calls/call.ts'
import { Scope } from '../cancellation.ts'
import type { Clock } from '../clock.ts'
import { toGatewayError } from '../errors.ts'
import { chooseFormat } from '../formats/index.ts'
import { json } from '../formats/json.ts'
import { text } from '../formats/text.ts'
import type { RequestParts } from '../plan/request-parts.ts'
import type { AggregatedRoute } from '../plan/snapshot.ts'
import { executeSteps } from '../run/execute.ts'
import { flattenHeaders } from '../run/headers.ts'
import type { Answer, Failure, Outcome, StreamedAnswer } from '../run/outcome.ts'
import { openPipeline, type Pipeline } from '../run/pipeline.ts'
import { type ProblemContext, tellPath } from '../run/problem.ts'
import { tooLarge } from '../run/refusals.ts'
import { completeReply, type Reply, renderProblem, renderReply } from '../run/reply.ts'
import { RouteRequest } from '../run/route-request.ts'
import type { Client, Departure, ReceivedBody } from '../run/stage.ts'
import { MemoryStore } from '../stores/memory.ts'
import { untraced } from '../telemetry/untraced.ts'
import type { Crash } from './crashes.ts'
import { declaredSchemes } from './declared-schemes.ts'
import { RecordedRuns, type TestedRun } from './durable-runs.ts'
import { readStream } from './streamed-page.ts'

const cacheBytes = 32 * 1024 * 1024

export interface TestGatewayParts {
  readonly route: AggregatedRoute
  readonly calls: readonly Call[]
  readonly clock: Clock
}

/** What a client gets to see, and what it was made of. */
export interface TestReply {
  readonly outcome: Answer | Failure
  readonly status: number
  /** Names and values in turn. */
  readonly headers: readonly string[]
  readonly body: string | undefined
  /** Of a page that went out in parts: their paths, then `end` or `error`. */
  readonly parts?: readonly string[]
  /** Of a durable route. */
  readonly run?: TestedRun | undefined
}

/** One route as the server has it, its stages new and in this clock's time, without a socket. */
export class TestGateway {
  readonly #parts: TestGatewayParts
  readonly #pipeline: Pipeline
  readonly #runs = new RecordedRuns()

  constructor(parts: TestGatewayParts) {
    const { route, calls, clock } = parts
    this.#parts = parts
    const store = new MemoryStore(cacheBytes, () => clock.epoch())
    const stages = {
      clock,
      store,
      admission: new Admission(clock),
      schemes: declaredSchemes,
      metrics: { countRouteCache() {} },
    }
    const execution = { clock, calls: () => calls, emit: async () => {}, stepEnded() {} }
    const end = route.durable ? this.#runs.end(route, execution) : executeSteps(route, execution)
    this.#pipeline = openPipeline(route, stages, end)
  }

  /** Answers a request; its gateway ends at `crashes`, and comes back each time. Never rejects. */
  async answer(parts: RequestParts, crashes: readonly Crash[] = []): Promise<TestReply> {
    const { route, clock } = this.#parts
    this.#runs.crashes = crashes
    this.#runs.last = undefined
    const client = new TestClient(parts)
    const request = new RouteRequest(route, { ...parts }, clock, clock.now() + route.timeoutMs)
    const outcome = await new Promise<Outcome>((resolve) => this.#pipeline.answer(request, client, resolve))
    if (outcome.kind === 'passed-on') throw new Error('an aggregated route answers by itself')
    if (outcome.kind === 'stream') return this.#follow(outcome, client, parts)
    const reply = this.#render(outcome, parts)
    const body = completeReply(reply, parts.method, parts.id)
    client.leave({ isServed: reply.status < 500, backendMs: undefined })
    const { status, headers } = reply
    const sent = { outcome, status, headers: [...headers, ...client.headers] }
    return { ...sent, body: body && Buffer.from(body).toString(), run: this.#runs.last }
  }

  async #follow(answer: StreamedAnswer, client: TestClient, { path, method }: RequestParts): Promise<TestReply> {
    const { outcome, parts, body } = await readStream(answer, this.#contextOf(path))
    const { status, headers } = answer
    client.leave({ isServed: status < 500, backendMs: undefined })
    const isHead = method === 'HEAD'
    return {
      outcome,
      status,
      headers: [...flattenHeaders(headers), ...client.headers],
      body: isHead ? undefined : body,
      parts: isHead ? [] : parts,
    }
  }

  #contextOf(path: string): ProblemContext {
    const { route } = this.#parts
    return { path: tellPath(route, path), route: route.name, traceId: untraced.traceId }
  }

  #render(outcome: Answer | Failure, { path }: RequestParts): Reply {
    const context = this.#contextOf(path)
    try {
      return renderReply(outcome, () => context)
    } catch (thrown) {
      return renderProblem(toGatewayError(thrown), context)
    }
  }
}

/** Someone who has sent all of his request, and waits for the whole of its answer. */
class TestClient implements Client {
  readonly scope = new Scope()
  readonly span = untraced
  readonly headers: string[] = []
  readonly #parts: RequestParts
  readonly #places: ((departure: Departure) => void)[] = []

  constructor(parts: RequestParts) {
    this.#parts = parts
  }

  get target(): string {
    return this.#parts.path
  }

  propagation() {
    return { tracestate: undefined, baggage: undefined, requestId: this.#parts.id }
  }

  addHeaders(headers: readonly string[]): void {
    this.headers.push(...headers)
  }

  get hasBody(): boolean {
    return this.#parts.body !== undefined
  }

  /** A value is sent as its content type says; the text of one that is not JSON as it is. */
  async receiveBody(maxBytes: number): Promise<ReceivedBody> {
    const { body, headers } = this.#parts
    const contentType = headers['content-type'] ?? 'application/json'
    const format = chooseFormat(contentType) ?? text
    const isWritten = typeof body === 'string' && format !== json
    const bytes = Buffer.from(isWritten ? body : (format.encode ?? json.encode!)(body).bytes)
    if (bytes.length > maxBytes) throw tooLarge(maxBytes)
    return { bytes }
  }

  whenGone(leave: (departure: Departure) => void): void {
    this.#places.push(leave)
  }

  passOn(): void {}

  leave(departure: Departure): void {
    for (const leave of this.#places) leave(departure)
  }
}
