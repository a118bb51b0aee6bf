import type { IncomingMessage } from 'node:http'
import type { Route } from '../../plan/snapshot.ts'
import { tellPath } from '../../run/problem.ts'
import type { ReceivedBody } from '../../run/stage.ts'
import type { Propagation } from '../../telemetry/span.ts'
import { readPropagation, type TraceHeaders } from '../../telemetry/traceparent.ts'
import { hasBody, readBody } from '../http/body.ts'
import { targetOf } from '../http/strict.ts'
import type { Activation, ActiveRoute } from '../lifecycle/activation.ts'
import type { Serving } from '../lifecycle/serving.ts'

/** A request as it came, before anything is answered. */
export class Received {
  readonly serving: Serving
  readonly activation: Activation
  readonly request: IncomingMessage
  /** Path and query. */
  readonly target: string
  readonly requestId: string
  protected readonly active: ActiveRoute | undefined
  protected readonly traceHeaders: TraceHeaders

  constructor(
    serving: Serving,
    activation: Activation,
    active: ActiveRoute | undefined,
    request: IncomingMessage,
    requestId: string,
  ) {
    this.serving = serving
    this.activation = activation
    this.request = request
    this.target = targetOf(request)
    this.requestId = requestId
    this.active = active
    this.traceHeaders = serving.tracer.propagators.read(activation.traceHeadersOf(request))
  }

  get route(): Route | undefined {
    return this.active?.route
  }

  /** Its path as everyone may be told it. */
  get toldPath(): string {
    return this.route ? tellPath(this.route, this.path) : this.activation.tellPath(this.request, this.path)
  }

  /** As it came, which not everyone may be told. */
  get path(): string {
    const mark = this.target.indexOf('?')
    return mark < 0 ? this.target : this.target.slice(0, mark)
  }

  /** What goes on with every call that is made for it. */
  propagation(): Propagation {
    const { activation, request, requestId } = this
    const { baggage } = activation.snapshot.settings.telemetry
    const propagation = readPropagation(this.traceHeaders, requestId, baggage, activation.loops.carriedOn(request))
    propagation.traceHeaders = this.serving.tracer.propagators.write
    return propagation
  }

  get hasBody(): boolean {
    return hasBody(this.request)
  }

  receiveBody(maxBytes: number): Promise<ReceivedBody> {
    return readBody(this.request, maxBytes, this.serving.clock)
  }
}
