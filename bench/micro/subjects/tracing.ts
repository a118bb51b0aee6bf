import { bench, do_not_optimize, group } from 'mitata'
import { parseTraceparent, readPropagation } from '../../../src/telemetry/traceparent.ts'
import { createTracer } from '../../../src/telemetry/tracer.ts'
import { insist } from '../home.ts'

const headers = {
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00',
  tracestate: 'rojo=00f067aa0ba902b7,congo=t61rcWkgMzE',
  baggage: 'tenant=acme,channel=app',
}

/** What each request pays for tracing that does not sample it. */
export function addBenchmarks(): void {
  const tracer = createTracer({ service: 'micro', sampling: 0.01 }, () => {})
  insist(parseTraceparent(headers.traceparent)?.parentId, 'b7ad6b7169203331')
  insist(readPropagation(headers, 'r1').tracestate, headers.tracestate)
  group('tracing', () => {
    bench('traceparent, parsed', () => do_not_optimize(parseTraceparent(headers.traceparent)))
    bench('tracestate and baggage, checked', () => do_not_optimize(readPropagation(headers, 'r1')))
    bench('request begun, new trace', () => do_not_optimize(tracer.startRequest({}, 'GET /mobile/home')))
    bench('request begun, trace continued', () => do_not_optimize(tracer.startRequest(headers, 'GET /mobile/home')))
  })
}
