import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { readPartialSuccess, readRetryAfter } from '../../../src/telemetry/otlp/answer.ts'
import { startOtlpRecorder } from '../../../src/telemetry/otlp/recorder.ts'
import { readDestination } from '../../../src/telemetry/otlp/settings.ts'
import { opened } from '../../support/cleanup.ts'
import { startHttpServer } from '../../support/servers.ts'

test('a collector that asks to wait is waited for', () => {
  expect(readRetryAfter('7')).toBe(7000)
  expect(readRetryAfter(new Date(Date.now() + 30_000).toUTCString())).toBeGreaterThan(25_000)
  for (const nothing of [undefined, '', 'soon', '-1', new Date(0).toUTCString()])
    expect(readRetryAfter(nothing)).toBe(0)
})

/** `partial_success { rejected_spans: 300, error_message: "too old" }` */
const partial = Buffer.from([0x0a, 12, 0x08, 0xac, 0x02, 0x12, 7, ...Buffer.from('too old')])

test('what a collector did not take is told, in either form', () => {
  expect(readPartialSuccess(partial, 'application/x-protobuf')).toBe('the collector refused 300 spans: too old')
  const json = Buffer.from('{"partialSuccess":{"rejectedSpans":"2"}}')
  expect(readPartialSuccess(json, 'application/json')).toBe('the collector refused 2 spans')
  expect(readPartialSuccess(Buffer.from('{"partialSuccess":{}}'), 'application/json')).toBeUndefined()
  expect(readPartialSuccess(Buffer.alloc(0), undefined)).toBeUndefined()
})

test('an answer of whatever bytes is read without a throw', () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => void readPartialSuccess(Buffer.from(bytes), undefined)))
  fc.assert(fc.property(fc.json(), (text) => void readPartialSuccess(Buffer.from(text), 'application/json')))
})

test('an exporter tells of spans that its collector refused', async () => {
  const { url } = await opened(
    startHttpServer((request, response) => {
      request.resume().on('end', () => response.setHeader('content-type', 'application/x-protobuf').end(partial))
    }),
  )
  const warnings: string[] = []
  const destination = readDestination({ OTEL_EXPORTER_OTLP_ENDPOINT: url })!
  const recorder = startOtlpRecorder('tessera', {}, destination, (message) => warnings.push(message))
  recorder.startRequest('a'.repeat(32), undefined, undefined, 'GET /', {}).end()
  await recorder.stop(5000)
  expect(warnings).toEqual(['Tracing: the collector refused 300 spans: too old'])
})
