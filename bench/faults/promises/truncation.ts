import type { Socket } from 'node:net'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { GatewayPromise, Sight } from '../promise.ts'
import { startRawBackend } from '../scene/backend.ts'
import { type Gateway, startGateway, writeProject } from '../scene/gateway.ts'
import { ask } from '../scene/load.ts'
import { seeNone } from '../sights.ts'

const whole = JSON.stringify({ list: Array.from({ length: 200 }, (_, index) => ({ index, name: 'tea' })) })
const packed = gzipSync(whole)
const json = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nCache-Control: max-age=60\r\n'
const good = `${json}Content-Length: ${whole.length}\r\n\r\n${whole}`

/** What is written before the connection is closed; a body of which a part is valid JSON is the trap. */
const cuts: Readonly<Record<string, string | Buffer>> = {
  'half of a Content-Length': `${json}Content-Length: ${whole.length}\r\n\r\n${whole.slice(0, 900)}`,
  'all but the last byte': `${json}Content-Length: ${whole.length}\r\n\r\n${whole.slice(0, -1)}`,
  'a number cut to a smaller one': `${json}Content-Length: 6\r\n\r\n1234`,
  'valid JSON where more was announced': `${json}Content-Length: 100\r\n\r\n{"list":[]}`,
  'no body at all': `${json}Content-Length: 100\r\n\r\n`,
  'chunks without the last one': `${json}Transfer-Encoding: chunked\r\n\r\n${whole.length.toString(16)}\r\n${whole}\r\n`,
  'a chunk cut in its middle': `${json}Transfer-Encoding: chunked\r\n\r\n${whole.length.toString(16)}\r\n${whole.slice(0, 900)}`,
  'the last chunk without its end': `${json}Transfer-Encoding: chunked\r\n\r\n${whole.length.toString(16)}\r\n${whole}\r\n0\r\n`,
  'gzip cut, framed as whole': Buffer.concat([
    Buffer.from(`${json}Content-Encoding: gzip\r\nContent-Length: ${packed.length - 10}\r\n\r\n`),
    packed.subarray(0, -10),
  ]),
  'half a head': 'HTTP/1.1 200 OK\r\nContent-Type: appl',
}

const project = {
  'dictionary.yaml': 'colors: { word: {} }\n',
  'services/cut.yaml': `service: cut
endpoints: ["\${env.CUT_URL}"]
operations:
  plain:  { get: /plain, out: { word: $ } }
  cached: { get: '/cached', in: { word: query.way }, out: { word: $ }, cache: { ttl: 60s, stale: 60s, staleIfError: 60s } }
  good:   { get: '/good', in: { word: query.way }, out: { word: $ }, fallback: { lastGood: 1m } }
`,
  'routes/plain.yaml': route('plain', ''),
  'routes/cached.yaml': route('cached', ''),
  'routes/good.yaml': route('good', ''),
  'routes/whole.yaml':
    'match: GET /whole\ncache: { ttl: 60s }\ndo: [ { invoke: cut.plain } ]\nresponse: { body: $.word }\n',
  'routes/passed.yaml': 'match: ANY /passed/*rest\nproxy: cut\n',
}

/** The ways in which a route may take, keep and pass on what a backend gives. */
const paths = ['/plain', '/cached?way=', '/good?way=', '/whole?way=', '/passed/x?way=']

function route(name: string, more: string): string {
  const given = name === 'plain' ? '' : 'in: { word: query.way }\n'
  return `match: GET /${name}\n${given}${more}do: [ { invoke: cut.${name} } ]\nresponse: { body: $.word }\n`
}

/** Backends that close the connection in the middle of an answer, and are well a moment later. */
export const truncation: GatewayPromise = {
  name: 'truncation',
  promised: 'a backend’s cut body never becomes a valid answer, and is never cached',
  async look(scene) {
    let cut: string | Buffer | undefined
    const backend = await startRawBackend(scene, (_head: string, socket: Socket) => {
      if (cut === undefined) socket.write(good)
      else socket.end(cut)
    })
    const { config } = writeProject(scene, project)
    const gateway = await startGateway(scene, { config, env: { CUT_URL: backend.url } })
    const valid: string[] = []
    const kept: string[] = []
    let requests = 0
    for (const [index, [what, bytes]] of Object.entries(cuts).entries()) {
      for (const path of paths) {
        requests++
        await purge(gateway)
        const url = `${gateway.url}${path}${path.endsWith('=') ? index : ''}`
        cut = bytes
        if (await isWhole(url)) valid.push(`${what} at ${path}`)
        cut = undefined
        const after = await readBody(url)
        if (after !== whole) kept.push(`${what} at ${path}: ${after?.slice(0, 80)}`)
      }
    }
    return describe(valid, kept, requests)
  },
}

function describe(valid: readonly string[], kept: readonly string[], requests: number): Sight[] {
  return [
    seeNone('cut answers that arrived as valid ones', valid, requests),
    seeNone('answers afterwards that were not the whole one', kept, requests),
  ]
}

/** Whether an answer of success arrives that a client can read; one that is cut for the client too is none. */
async function isWhole(url: string): Promise<boolean> {
  try {
    const { status, headers, body } = await ask(url, { timeoutMs: 3_000 })
    if (headers['content-encoding'] === 'gzip') gunzipSync(body)
    return status === 200
  } catch {
    return false
  }
}

async function readBody(url: string): Promise<string | undefined> {
  try {
    const { status, body } = await ask(url, { timeoutMs: 3_000 })
    return status === 200 ? body.toString() : `${status} ${body}`
  } catch (error) {
    return String(error)
  }
}

/** A whole answer kept from one way of cutting must not hide the next. */
async function purge({ adminUrl }: Gateway): Promise<void> {
  const { ok } = await fetch(`${adminUrl}/cache?all`, { method: 'DELETE' })
  if (!ok) throw new Error('the cache could not be purged')
}
