import { bench, do_not_optimize, group } from 'mitata'
import { decodeBody } from '../../../src/calls/decode.ts'
import { Scope } from '../../../src/cancellation.ts'
import type { Body } from '../../../src/json/body.ts'
import { parseHead } from '../../../src/transports/http1/head.ts'
import { Http1Response, ResponseReader } from '../../../src/transports/http1/response-reader.ts'
import { describeBackends } from '../../scenarios/home/data.ts'
import { insist } from '../home.ts'

const maxBytes = 8 * 1024 * 1024
const value = describeBackends()['reco']!['/recommend']
const body = Buffer.from(JSON.stringify(value))
/** As nginx writes it. */
const head = `HTTP/1.1 200 OK\r
Server: nginx/1.22.1\r
Date: Wed, 01 Apr 2026 08:00:00 GMT\r
Content-Type: application/json\r
Content-Length: ${body.length}\r
Last-Modified: Wed, 01 Apr 2026 07:00:00 GMT\r
Connection: keep-alive\r
ETag: "69cb7e10-1f40"\r
Accept-Ranges: bytes`
const bytes = Buffer.concat([Buffer.from(`${head}\r\n\r\n`, 'latin1'), body])

/** Reading a backend's answer: its head, head and framing together, and the body as JSON beside JSON.parse alone. */
export function addBenchmarks(): void {
  const scope = new Scope()
  const incoming = new Http1Response(parseHead(head, 'GET')!, body)
  const text = body.toString()
  const readAnswer = () => {
    const reader = new ResponseReader('GET', maxBytes)
    reader.take(bytes, bytes.length)
    return reader.response()
  }
  insist(readAnswer().body.toString(), text)
  insist((decodeBody(incoming, maxBytes, scope) as Body).value, value)
  group('responses', () => {
    bench('head of 8 headers', () => do_not_optimize(parseHead(head, 'GET')))
    bench('answer in one piece, read', () => do_not_optimize(readAnswer()))
    bench(`body of ${body.length} bytes, decoded`, () =>
      do_not_optimize((decodeBody(incoming, maxBytes, scope) as Body).value),
    )
    bench(`body of ${body.length} bytes, toString and JSON.parse`, () => do_not_optimize(JSON.parse(body.toString())))
  })
}
