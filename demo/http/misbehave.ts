import type { ServerResponse } from 'node:http'
import { pipeline, Readable } from 'node:stream'
import type { Trouble } from './trouble.ts'

const errorPage = '<!doctype html><html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>'
const hugeItems = 20_000
const hugeItem = JSON.stringify({ id: 'p0', filler: 'x'.repeat(1000) })

/** Answers a request the wrong way. `answer` gives the right one, for the modes that spoil or delay it. */
export function misbehave(trouble: Trouble, response: ServerResponse, answer: () => void, body: () => string): void {
  switch (trouble.mode) {
    case 'delay':
      setTimeout(answer, trouble.ms ?? 1000).unref()
      return
    case 'status': {
      const status = trouble.status ?? 500
      // 204 and 304 may not carry a body.
      const text = status === 204 || status === 304 ? '' : JSON.stringify({ code: 'trouble', message: 'as ordered' })
      response.writeHead(status, { 'content-type': 'application/json' }).end(text)
      return
    }
    case 'garbage':
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(errorPage)
      return
    case 'empty':
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
      return
    case 'half':
      sendHalf(response, Buffer.from(body()))
      return
    case 'huge':
      response.writeHead(200, { 'content-type': 'application/json' })
      pipeline(Readable.from(hugeBody()), response, () => {})
      return
    case 'hang':
      return
    // A refusing service has closed its connections already; what still arrives is reset.
    case 'reset':
    case 'refuse':
      response.socket?.resetAndDestroy()
      return
    case 'none':
      answer()
  }
}

function sendHalf(response: ServerResponse, body: Buffer): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length })
  response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.socket?.destroy())
}

function* hugeBody(): Generator<string> {
  yield '{"items":['
  for (let index = 0; index < hugeItems; index += 1) yield index === 0 ? hugeItem : `,${hugeItem}`
  yield ']}'
}
