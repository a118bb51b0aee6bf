import { decodeTraces } from './otlp-decoder.ts'
import { startHttpServer } from './servers.ts'

export interface ReceivedSpan {
  traceId: string
  spanId: string
  parentSpanId?: string
  traceState?: string
  name: string
  kind: number
  attributes: Record<string, unknown>
  events: string[]
  status: number
}

/** An OpenTelemetry collector as far as a test needs one: takes OTLP over HTTP, JSON or binary, and keeps it. */
export async function startCollector() {
  const spans: ReceivedSpan[] = []
  const resources: Record<string, unknown>[] = []
  /** Everything as it came, texts readable. */
  const received: string[] = []
  const { url, close } = await startHttpServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks)
    received.push(body.toString())
    const isBinary = request.headers['content-type'] === 'application/x-protobuf'
    const { resourceSpans } = isBinary ? decodeTraces(body) : JSON.parse(body.toString())
    for (const { resource, scopeSpans } of resourceSpans) {
      resources.push(readAttributes(resource.attributes))
      for (const { spans: received } of scopeSpans) {
        for (const span of received) {
          spans.push({
            ...span,
            attributes: readAttributes(span.attributes),
            events: span.events.map((event: { name: string }) => event.name),
            status: span.status.code,
          })
        }
      }
    }
    response.setHeader('content-type', 'application/json')
    response.end('{"partialSuccess":{}}')
  })
  return { url, spans, resources, received, close }
}

function readAttributes(attributes: { key: string; value: Record<string, unknown> }[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))
}

/** Sets OTEL_* variables, all others of that name away; gives a function that puts everything back. */
export function setOtelEnvironment(variables: Record<string, string>): () => void {
  const before = Object.entries(process.env).filter(([name]) => name.startsWith('OTEL_'))
  const clear = () => {
    for (const name of Object.keys(process.env)) if (name.startsWith('OTEL_')) delete process.env[name]
  }
  clear()
  Object.assign(process.env, variables)
  return () => {
    clear()
    Object.assign(process.env, Object.fromEntries(before))
  }
}
