import { describe, expect, test } from '@jest/globals'
import { issue } from '../../support/certificates.ts'
import { dialHttp2, frameTypes, get, packFields } from '../../support/http2.ts'
import { request } from '../../support/raw.ts'
import { askTls, pairFiles, startWith } from '../../support/tls-gateway.ts'
import { until } from '../../support/waiting.ts'

const files = {
  gateway: 'listen: { port: 0, tls: { cert: ./a.crt, key: ./a.key }, http2: true }\n',
  dictionary: 'colors: { seen.a: { type: number } }\n',
  'routes/page': 'match: POST /page\nin: { seen.a: $.a }\nresponse: { body: $.seen.a }\n',
  'routes/get': 'match: GET /page\nresponse: { body: { is: here } }\n',
}
const pair = pairFiles('a', issue())

type Fields = readonly (readonly [string, string])[]

/** The status that a request is answered with, or the code that its stream is reset by. */
async function fateOf(fields: Fields, { body, trailers }: { body?: string; trailers?: Fields } = {}): Promise<string> {
  const { port } = await startWith(files, pair)
  const raw = await dialHttp2(port)
  const isWhole = body === undefined && trailers === undefined
  raw.request(1, fields, isWhole ? 5 : 4)
  if (body !== undefined) raw.send(frameTypes.data, trailers ? 0 : 1, 1, Buffer.from(body))
  if (trailers) raw.send(frameTypes.headers, 5, 1, packFields(trailers))
  return until(() => {
    const [reset] = raw.find(frameTypes.reset, 1)
    const [head] = raw.find(frameTypes.headers, 1)
    const [gone] = raw.find(frameTypes.goaway)
    // `:status 200` is one byte of HPACK, 400 and 404 are, too; any other is a literal.
    if (head) return statusOf(head.payload)
    if (reset) return `reset ${reset.payload.readUInt32BE(0)}`
    return gone && `goaway ${gone.payload.readUInt32BE(4)}`
  })
}

function statusOf(payload: Buffer): string {
  const indexed: Record<number, string> = { 136: '200', 140: '400', 141: '404' }
  return indexed[payload[0]!] ?? 'other'
}

const post = (...more: Fields): Fields => [[':method', 'POST'], ...get('/page').slice(1), ...more]

describe('a request of HTTP/2 is held to the same rules', () => {
  const without = (name: string, fields: Fields = get('/page')) => fields.filter(([own]) => own !== name)

  test.each<[string, Fields, string]>([
    ['as it should be', get('/page'), '200'],
    ['with its authority as host', [...without(':authority'), ['host', 'a.test']], '200'],
    ['with both, alike', get('/page', ['host', 'GATEWAY.test']), '200'],
    ['with both, different', get('/page', ['host', 'other.test']), '400'],
    ['with neither', without(':authority'), 'reset 1'],
    ['with an authority that is no host', [...without(':authority'), [':authority', 'user@a.test']], 'reset 1'],
    ['with an authority that is none of ours to read', [...without(':authority'), [':authority', 'a.test:x']], '400'],
    ['of another scheme', [...without(':scheme'), [':scheme', 'http']], '400'],
    ['without a scheme', without(':scheme'), 'reset 1'],
    ['without a path', without(':path'), 'reset 1'],
    ['without a method', without(':method'), 'reset 1'],
    ['with two paths', [...get('/page'), [':path', '/other']], 'reset 1'],
    ['with a pseudo-header behind a header', [['x-a', '1'], ...get('/page')], 'reset 1'],
    ['with a pseudo-header that there is none', [...get('/page').slice(0, 4), [':foo', '1']], 'reset 1'],
    ['with `connection`', get('/page', ['connection', 'close']), 'reset 1'],
    ['with `transfer-encoding`', get('/page', ['transfer-encoding', 'chunked']), 'reset 1'],
    ['with `upgrade`', get('/page', ['upgrade', 'websocket']), 'reset 1'],
    ['with `te: gzip`', get('/page', ['te', 'gzip']), 'reset 1'],
    ['with a name in capitals', get('/page', ['X-A', '1']), 'reset 1'],
    // The field is as if it were not there.
    ['with a line feed in a value', get('/page', ['x-a', '1\nx-b: 2']), '200'],
    ['with a blank in its path', get('/pa ge'), 'reset 1'],
    ['with a fragment in its path', get('/page#x'), '400'],
    ['with a dot segment', get('/x/%2e%2e/page'), '400'],
  ])('%s', async (_what, fields, fate) => {
    expect(await fateOf(fields)).toBe(fate)
  })

  test('its body is as long as it says, and trailers are nobody’s headers', async () => {
    const json = ['content-type', 'application/json'] as const
    expect(await fateOf(post(json, ['content-length', '8']), { body: '{"a":1}' })).toBe('reset 1')
    expect(await fateOf(post(json, ['content-length', '7']), { body: '{"a":1}' })).toBe('200')
    expect(await fateOf(post(json), { body: '{"a":1}', trailers: [['x-late', '1']] })).toBe('200')
    expect(await fateOf(post(json), { body: '{"a":1}', trailers: [[':path', '/other']] })).toBe('reset 1')
  })

  test('and HTTP/1.1 that says it is 2.0 is none', async () => {
    const { port } = await startWith(files, pair)
    expect(await askTls(port, request('GET /page HTTP/2.0'))).toMatch(/^HTTP\/1\.1 (?:505|400) /)
  })
})
