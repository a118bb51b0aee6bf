import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { startOtlpRecorder } from '../../src/telemetry/otlp/recorder.ts'
import { readDestination } from '../../src/telemetry/otlp/settings.ts'
import type { Attributes } from '../../src/telemetry/span.ts'
import { opened } from '../support/cleanup.ts'
import { decodeTraces } from '../support/otlp-decoder.ts'
import { startHttpServer } from '../support/servers.ts'
import { patienceMs } from '../support/waiting.ts'

/** A collector that answers, request after request, what the script says, then 200; -1: nothing at all. */
async function startCollector(...script: number[]) {
  const bodies: Buffer[] = []
  const heads: Record<string, unknown>[] = []
  const server = startHttpServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    bodies.push(Buffer.concat(chunks))
    heads.push({ ...request.headers, url: request.url })
    const status = script.shift() ?? 200
    if (status > 0) response.writeHead(status).end()
  })
  const url = new URL(`${(await opened(server)).url}/v1/traces`)
  return { url, bodies, heads }
}

function record(url: URL, timeoutMs = patienceMs) {
  const warnings: string[] = []
  const destination = { url, headers: { 'api-key': 'k' }, timeoutMs, delayMs: 5000 }
  const recorder = startOtlpRecorder('tessera', {}, destination, (message) => warnings.push(message))
  const request = (attributes?: Attributes) =>
    recorder.startRequest('0af7651916cd43dd8448eb211c80319c', undefined, undefined, 'GET /home', attributes)
  return { recorder, request, warnings }
}

const spansOf = (body: Buffer) => decodeTraces(body).resourceSpans.flatMap(({ scopeSpans }) => scopeSpans[0]!.spans)

describe('spans sent as OTLP', () => {
  test('arrive with whatever stands in their attributes', async () => {
    const value = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 300 }),
      fc.boolean(),
      fc.maxSafeInteger(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    )
    const attributes = fc.dictionary(fc.string({ minLength: 1, unit: 'grapheme', maxLength: 60 }), value, {
      maxKeys: 8,
    })
    const { url, bodies } = await startCollector()
    await fc.assert(
      fc.asyncProperty(fc.array(attributes, { minLength: 1, maxLength: 5 }), async (all) => {
        bodies.length = 0
        const { recorder, request } = record(url)
        for (const one of all) request(one).end()
        await recorder.stop(patienceMs)
        const told = bodies.flatMap(spansOf).map((span) => span.attributes)
        expect(told.map((list) => list.map(({ key, value: told }) => [key, Object.values(told)[0]]))).toEqual(
          all.map((one) => Object.entries(one).map(([key, wanted]) => [key, Object.is(wanted, -0) ? 0 : wanted])),
        )
      }),
      { numRuns: 60 },
    )
  })

  test('carry the time they took, in nanoseconds since the epoch', async () => {
    const { url, bodies } = await startCollector()
    const { recorder, request } = record(url)
    const before = Date.now()
    const span = request()
    await new Promise((later) => setTimeout(later, 20))
    span.end()
    await recorder.stop(patienceMs)
    const [told] = bodies.flatMap(spansOf)
    const [start, end] = [told!.startTimeUnixNano, told!.endTimeUnixNano].map(
      (text) => Number(BigInt(text) / 1000n) / 1000,
    )
    expect(start!).toBeGreaterThanOrEqual(before - 1)
    expect(end! - start!).toBeGreaterThanOrEqual(19)
    expect(end!).toBeLessThanOrEqual(Date.now() + 1)
  })

  test('go in batches of 512, with the headers that the variables ask for', async () => {
    const { url, bodies, heads } = await startCollector()
    const { recorder, request } = record(url)
    for (let index = 0; index < 1000; index++) request({ index }).end()
    await recorder.stop(patienceMs)
    expect(bodies.map((body) => spansOf(body).length).sort()).toEqual([488, 512])
    expect(heads[0]).toMatchObject({ 'api-key': 'k', 'content-type': 'application/x-protobuf', url: '/v1/traces' })
  })

  test('are sent again when the collector says that it is busy, and told of when it refuses', async () => {
    const busy = await startCollector(503)
    const first = record(busy.url)
    for (let index = 0; index < 512; index++) first.request().end()
    while (busy.bodies.length < 2) await new Promise((later) => setTimeout(later, 20))
    expect(busy.bodies[1]!.equals(busy.bodies[0]!)).toBe(true)
    await first.recorder.stop(patienceMs)
    expect(first.warnings).toEqual([])

    const refusing = await startCollector(400)
    const second = record(refusing.url)
    second.request().end()
    await second.recorder.stop(patienceMs)
    expect(second.warnings).toEqual(['Tracing: 1 spans were not exported: the collector answered 400'])
    expect(refusing.bodies).toHaveLength(1)
  })

  test('are dropped, and told of once, when the collector never answers; the end waits no longer than it may', async () => {
    const { url } = await startCollector(...new Array(50).fill(-1))
    const { recorder, request, warnings } = record(url, 3_600_000)
    for (let index = 0; index < 512 * 8; index++) request().end()
    expect(warnings).toEqual(['Tracing: 512 spans were dropped: the collector does not keep up'])
    await recorder.stop(200)
  })
})

describe('our own exporter', () => {
  test.each<[string, Record<string, string>, string | undefined]>([
    ['an endpoint', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318' }, 'http://c:4318/v1/traces'],
    ['an endpoint with a path', { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://c/otlp/' }, 'https://c/otlp/v1/traces'],
    ['an endpoint of traces', { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://c:1/x' }, 'http://c:1/x'],
    ['the exporter by its name', { OTEL_TRACES_EXPORTER: 'otlp' }, 'http://localhost:4318/v1/traces'],
    [
      'settings of metrics and logs',
      { OTEL_TRACES_EXPORTER: 'otlp', OTEL_METRICS_EXPORTER: 'none', OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'http://c' },
      'http://localhost:4318/v1/traces',
    ],
    ['another exporter', { OTEL_TRACES_EXPORTER: 'console' }, undefined],
    ['another protocol', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, undefined],
    [
      'a setting that it does not know',
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c', OTEL_BSP_MAX_QUEUE_SIZE: '1' },
      undefined,
    ],
    ['a certificate', { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://c', OTEL_EXPORTER_OTLP_CERTIFICATE: 'a.pem' }, undefined],
    ['an endpoint that is none', { OTEL_EXPORTER_OTLP_ENDPOINT: 'nowhere' }, undefined],
  ])('is asked, or not, by %s', (_name, env, url) => {
    expect(readDestination({ PATH: '/bin', OTEL_LOG_LEVEL: '', ...env })?.url.href).toBe(url)
  })

  test('sends the headers of the variables, those of traces first', () => {
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c',
      OTEL_EXPORTER_OTLP_HEADERS: 'a=1',
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'api-key=a%20b, x=y=z',
    }
    expect(readDestination(env)?.headers).toEqual({ 'api-key': 'a b', x: 'y=z' })
    expect(readDestination({ ...env, OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'a=%0d%0ab' })).toBeUndefined()
  })
})
