import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { readPackageVersion } from '../../version.ts'
import type { Recorder } from '../sdk.ts'
import type { Attributes } from '../span.ts'
import { randomFlag, sampledFlag } from '../traceparent.ts'
import { ProtobufWriter } from './protobuf.ts'
import { type Destination, OtlpSender } from './sender.ts'
import { OtlpSpan, type Trace, writeAttributes } from './span.ts'

/** The SDK's own default (OTEL_BSP_MAX_EXPORT_BATCH_SIZE). */
const mostSpans = 512
const mostBatchBytes = 1024 * 1024

/**
 * Records spans and sends them as OTLP over HTTP, without OpenTelemetry's SDK: a span is written into the batch when it
 * ends, so that nothing of it is kept. See docs/adr/0034.
 */
export function startOtlpRecorder(
  service: string,
  resource: Attributes,
  destination: Destination,
  warn: (message: string) => void,
): Recorder {
  const sender = new OtlpSender(destination, warn)
  const head = writeHead({
    'telemetry.sdk.name': 'tessera',
    'telemetry.sdk.language': 'nodejs',
    'telemetry.sdk.version': readPackageVersion(),
    'service.version': readPackageVersion(),
    'service.instance.id': randomUUID(),
    'host.name': hostname(),
    'process.pid': process.pid,
    ...resource,
    'service.name': service,
  })
  const writer = new ProtobufWriter()
  let spans = 0
  let timer: NodeJS.Timeout | undefined

  function flush(): void {
    clearTimeout(timer)
    timer = undefined
    if (spans === 0) return
    const batch = writer.take()
    const count = spans
    spans = 0
    sender.send(frame(head, batch), count)
  }

  function onEnd(span: OtlpSpan): void {
    span.write(writer)
    if (++spans >= mostSpans || writer.length >= mostBatchBytes) flush()
    else timer ??= setTimeout(flush, destination.delayMs).unref()
  }

  return {
    startRequest(traceId, parent, tracestate, name, attributes) {
      const flags = sampledFlag | (parent ? parent.flags & randomFlag : 0)
      const epochOffsetMs = Date.now() - performance.now()
      const trace: Trace = { traceId, flags, tracestate, epochOffsetMs, onEnd }
      return new OtlpSpan(trace, parent?.parentId, parent !== undefined, name, 'server', attributes)
    },
    async stop(timeoutMs) {
      flush()
      await sender.close(timeoutMs)
    },
  }
}

/** The `resource` of `ResourceSpans`, and the `scope` of `ScopeSpans`. */
function writeHead(resource: Attributes): { resource: Buffer; scope: Buffer } {
  const writer = new ProtobufWriter()
  const message = writer.begin(1)
  writeAttributes(1, resource, writer)
  writer.end(message)
  const bytes = writer.take()
  const scope = writer.begin(1)
  writer.string(1, 'tessera')
  writer.string(2, readPackageVersion())
  writer.end(scope)
  return { resource: bytes, scope: writer.take() }
}

/** Puts the spans of a batch into an `ExportTraceServiceRequest`: `resource_spans` around `resource` and `scope_spans`. */
function frame(head: { resource: Buffer; scope: Buffer }, spans: Buffer): Buffer {
  const inner = prefix(2, head.scope.length + spans.length)
  const outer = prefix(1, head.resource.length + inner.length + head.scope.length + spans.length)
  return Buffer.concat([outer, head.resource, inner, head.scope, spans])
}

/** Tag and length of a nested message. */
function prefix(field: number, length: number): Buffer {
  const bytes = [(field << 3) | 2]
  let rest = length
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80)
  return Buffer.from([...bytes, rest])
}
