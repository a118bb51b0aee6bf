import type { IncomingMessage } from 'node:http'
import { describe, expect, test } from '@jest/globals'
import { parseCookie } from 'cookie'
import { outgoingHeaders } from '../src/calls/headers.ts'
import { parseCacheControl } from '../src/calls/http-caching/cache-control.ts'
import { mayBeShared } from '../src/calls/http-caching/storable.ts'
import { isSameEntity } from '../src/calls/http-caching/validation.ts'
import { readRetryAfter } from '../src/calls/policies/retry-after.ts'
import { createRegexpFunction } from '../src/expressions/path/regexp.ts'
import { compileCoercion } from '../src/expressions/schema/coerce.ts'
import { compileSchema, type Schema } from '../src/expressions/schema.ts'
import { events } from '../src/formats/events.ts'
import { isNestedDeeperThan } from '../src/formats/nesting.ts'
import { parseUrlEncoded } from '../src/formats/url-encoded.ts'
import { splitList } from '../src/header-list.ts'
import { networkOf, parseAddress } from '../src/ip-address.ts'
import { compileIndexer } from '../src/json/indexer.ts'
import { encodeSegment } from '../src/operations/path-template.ts'
import { hasMalformedEscape, isUnsafePath } from '../src/path-safety.ts'
import type { PassedRequest } from '../src/plan/passed-request.ts'
import { parseMatch, type RouteMatch } from '../src/routes/match.ts'
import { assembleAnswer } from '../src/run/assemble.ts'
import { chooseFraming } from '../src/run/progressive/choose.ts'
import { makeConditional } from '../src/run/stages/conditional.ts'
import { compileClientAddresses } from '../src/server/http/client-address.ts'
import { readClient, readPreface } from '../src/server/http/proxy-protocol/header.ts'
import { checkRequest } from '../src/server/http/strict.ts'
import { passedHeaders, selectResponseHeaders } from '../src/server/passthrough/headers.ts'
import { translatePlaces } from '../src/server/passthrough/rewrite.ts'
import { chooseRequestId } from '../src/server/requests/request-parts.ts'
import { Router } from '../src/server/requests/router.ts'
import { Exit } from '../src/steps/context.ts'
import { maskFields } from '../src/telemetry/masking.ts'
import { parseTraceparent, readPropagation } from '../src/telemetry/traceparent.ts'
import { ChunkedBody } from '../src/transports/http1/chunks.ts'
import { parseHead } from '../src/transports/http1/head.ts'

const size = 256 * 1024

const passesAll: PassedRequest = {
  path: undefined,
  withheld: new Set(),
  cookies: undefined,
  queries: new Set(),
  sets: [],
  asserts: [],
  render: undefined,
  createDocument: undefined,
  keepsHost: false,
}

/** What scans are slow at: runs that may be read in many ways, what is opened and never closed, what refers to itself. */
const pieces = [
  ...' ,;="\\%/.:&+-?#*()[]{}|<>a01\t\n\0é上',
  ...['\r\n', ', ', '; ', 'a,', 'a;', 'a=', 'a=b;', 'a="', '\\"', '"\\', '"a",', 'W/"', 'a, ', 'a = '],
  ...['%25', '%2', '%2e', '%%', '../', './', '..;', '\\..', 'a&', '&=', 'a=1&', '::', '1.', '1,', '(1', 'Jan '],
  ...['{"a":', '"a":1,', '{},', '[],', '[[', '\\u0041', '1e', 'a:b\r\n', 'set-cookie: a\r\n', '1\r\na\r\n', '\ud800'],
]

/**
 * Of the same text in so many parts, what is linear takes as long as of the whole, and what is quadratic a sixteenth: no
 * noise makes up for that.
 */
const parts = 16
const mostGrowth = 6

/** So many letters of it, and one of its parts in the same form. */
interface Worst {
  readonly what: string
  readonly whole: string
  readonly part: string
}

const worst = (what: string, piece: string, [before = '', behind = '']: readonly string[] = []): Worst => {
  const count = Math.ceil(size / piece.length / parts)
  const make = (times: number) => before + piece.repeat(times) + behind
  return { what: `${what} over and over`, whole: make(parts * count), part: make(count) }
}

function worstTexts(): Worst[] {
  return pieces.flatMap((piece) => [
    worst(JSON.stringify(piece), piece),
    worst(`a quote and ${JSON.stringify(piece)}`, piece, ['"']),
    worst(`a word around ${JSON.stringify(piece)}`, piece, ['a', 'a']),
  ])
}

const router = new Router(
  ['GET /{a}', 'GET /a/{b}/c', 'GET /a/*rest', 'GET /{a}/{b}/{c}'].map((text) => [
    parseMatch(text, true) as RouteMatch,
    text,
  ]),
)
const indexer = compileIndexer([['a'], ['a', 'b'], [0], []], 500)
const addresses = compileClientAddresses(['loopback'])
const schema = compileSchema({ type: 'object', properties: { a: { type: 'string', pattern: '^[a-z]*$' } } }) as Schema
const coerce = compileCoercion({ type: ['integer', 'object'] })
const match = createRegexpFunction('search')
const caching = { keyOf: () => '', vary: ['accept'], ttlMs: 1, isPrivate: false, etag: true }
const answer = { kind: 'answer', status: 200, body: Buffer.from('x'), records: [], degraded: [] } as const

/** A client's request with a text in the header, or as its target. */
function requestOf(headers: Record<string, string>, url = '/'): IncomingMessage {
  const rawHeaders = Object.entries({ host: 'a', ...headers }).flat()
  const socket = { remoteAddress: '127.0.0.1' }
  return { method: 'GET', httpVersion: '1.1', url, headers: { host: 'a', ...headers }, rawHeaders, socket } as never
}

const ofIpv6 = { isLocal: false, family: 6, length: 36 } as const
const limits = { maxDepth: 500, maxValues: 100_000 }

/** Whatever of a client or a backend is read: a text to what it comes to. It may refuse. */
const readers: Record<string, (text: string) => unknown> = {
  'a path': isUnsafePath,
  'escapes of a path': hasMalformedEscape,
  'a placeholder': (text) => encodeSegment(text, { name: 'a', references: [] }),
  'the path of a route': (text) => router.find('GET', `/${text}`),
  'a target': (text) => checkRequest(requestOf({}, text)),
  Host: (text) => checkRequest(requestOf({ host: text })),
  'a query or form': (text) => parseUrlEncoded(text),
  Cookie: (text) => parseCookie(text),
  'a list': splitList,
  'X-Request-Id': (text) => chooseRequestId(requestOf({ 'x-request-id': text })),
  'X-Forwarded-For': (text) => addresses.of(requestOf({ 'x-forwarded-for': text })),
  'an address': (text) => networkOf(parseAddress(text) ?? text),
  traceparent: parseTraceparent,
  'tracestate and baggage': (text) =>
    readPropagation({ traceparent: `00-${'1'.repeat(32)}-${'1'.repeat(16)}-01`, tracestate: text, baggage: text }, ''),
  'If-None-Match': (text) =>
    makeConditional({ ...answer, headers: {} }, caching, { method: 'GET', headers: { 'if-none-match': text } }),
  'a Vary of a route': (text) =>
    makeConditional({ ...answer, headers: { vary: text } }, caching, { method: 'GET', headers: {} }),
  'a Cache-Control of a route': (text) =>
    assembleAnswer(
      new Exit(200, { 'cache-control': text }, 1),
      [{ step: 'a', source: 'fallback', error: 'timeout', startedMs: 0, ms: 1 } as never],
      { degradedMaxAgeMs: 1000, headers: undefined },
    ),
  'a header of the PROXY protocol': (text) => {
    const bytes = Buffer.from(text)
    return [readPreface(bytes), readClient(ofIpv6, bytes)]
  },
  'a Connection header': (text) => passedHeaders(requestOf({ connection: text }), passesAll, []),
  'cookies that are picked': (text) =>
    passedHeaders(requestOf({ cookie: text }), { ...passesAll, cookies: { only: ['a'] } }, []),
  'a Location and a cookie of a backend': (text) =>
    translatePlaces(
      [
        'location',
        `/${text}`,
        'location',
        `http://a/${text}`,
        'set-cookie',
        `a=1;${text}`,
        'set-cookie',
        `a=1; path=/${text}`,
      ],
      {
        endpoint: { url: 'http://a/b', prefix: '/b', host: 'a', isAt: (origin) => origin === 'http://a' },
        path: undefined,
        clientHost: 'c',
      },
    ),
  'a Connection header of a backend': (text) => {
    const head = parseHead(`HTTP/1.1 200 OK\r\nconnection: ${text}`, 'GET')
    return head && selectResponseHeaders(head)
  },
  'Cache-Control': parseCacheControl,
  Vary: (text) =>
    mayBeShared({ overridesCaching: false, budgetHeader: undefined }, { headers: {} } as never, {
      status: 200,
      headers: { vary: text },
    }),
  ETag: (text) => isSameEntity(text, `W/${text}`),
  'Retry-After': (text) => readRetryAfter(503, text, 0),
  'the head of an answer': (text) => parseHead(`HTTP/1.1 200 OK\r\n${text}`, 'GET')?.headers,
  'one header of an answer': (text) => parseHead(`HTTP/1.1 200 OK\r\nconnection: ${text}`, 'GET')?.headers,
  Accept: chooseFraming,
  'a stream of events': (text) => events.decode({ bytes: Buffer.from(text), contentType: undefined }, limits),
  'JSON Lines': (text) => events.decode({ bytes: Buffer.from(text), contentType: 'application/jsonl' }, limits),
  'nesting of JSON': (text) => isNestedDeeperThan(200, text),
  JSON: (text) => JSON.parse(text),
  'JSON as bytes': (text) => indexer(Buffer.from(`{"a":[${text}]}`)),
  'JSON text as bytes': (text) => indexer(Buffer.from(`{"a":"${text}"}`)),
  'a coerced text': coerce,
  'a text under a pattern': (text) => schema.validate({ a: text }),
  'a pattern from data': (text) => match.call('a', text),
  'a text under a pattern from data': (text) => match.call(text, '^(?:a|b)*c$'),
  'a header that is sent on': (text) =>
    outgoingHeaders({ method: 'GET', path: '/', headers: { a: text } } as never, {} as never, '', 1, {} as never),
  'a log line': (text) => maskFields({ a: text, b: { c: text } }),
}

/** Milliseconds that this thread has worked. */
function busyMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

/** Milliseconds that this thread works for it. */
function measure(work: () => unknown): number {
  const before = busyMs()
  attempt(work)
  return busyMs() - before
}

function attempt(work: () => unknown): void {
  try {
    work()
  } catch {
    // Refused.
  }
}

/** The least that any reader could do: look at each letter. */
function look(text: string): number {
  let sum = 0
  for (let at = 0; at < text.length; at++) sum = (sum + text.charCodeAt(at)) | 0
  return sum
}

/** Some systems count a thread's time in steps of as much. */
const stepMs = 8
const turns = 64
const letters = 'a'.repeat(size)
const lookOften = () => {
  for (let turn = 0; turn < turns; turn++) look(letters)
}
/** What looking at each letter takes: a quarter of a millisecond where nobody disturbs. */
const lookMs = measure(lookOften) / turns
/** Some hundred looks at a text are what the loop may be held, and what a busy machine makes of a hundred; a few are too little to grow by any measure. */
const mostLooks = 500
const fewLooks = 20
const rounds = 12

/**
 * Why it is too slow; undefined where it is not. All of it is proportions of what is measured on the same machine at the
 * same time, the least of some rounds, so that one that is slow or busy slows down both sides of each.
 */
function findSlowness(read: (text: string) => unknown, { whole: text, part }: Worst): string | undefined {
  let whole = Number.POSITIVE_INFINITY
  let inParts = Number.POSITIVE_INFINITY
  let looked = Number.POSITIVE_INFINITY
  const readParts = () => {
    for (let count = 0; count < parts; count++) attempt(() => read(part))
  }
  for (let round = 0; round < rounds; round++) {
    whole = Math.min(
      whole,
      measure(() => read(text)),
    )
    if (whole <= fewLooks * lookMs + stepMs) return undefined
    inParts = Math.min(inParts, measure(readParts))
    looked = Math.min(looked, measure(lookOften) / turns)
    if (whole <= mostLooks * looked + stepMs && whole <= mostGrowth * inParts + stepMs) return undefined
  }
  const [looks, growth] = [whole / looked, whole / inParts].map((ratio) => ratio.toFixed(1))
  return `${looks} times as long as looking at it, ${growth} times as long as in ${parts} parts`
}

describe('the worst text is read in linear time, and not many times what looking at it takes', () => {
  const texts = worstTexts()
  test.each(Object.entries(readers))('as %s', (_name, read) => {
    // What is loaded or compiled at the first time is not measured.
    for (const piece of pieces) measure(() => read(piece))
    const slow = texts.flatMap((text) => {
      const why = findSlowness(read, text)
      return why === undefined ? [] : [`${text.what}: ${why}`]
    })
    expect(slow).toEqual([])
  })
})

test('what is quadratic is found', () => {
  const quadratic = (text: string) => {
    let sum = 0
    for (let at = 0; at < text.length; at += 512) sum += look(text.slice(0, at))
    return sum
  }
  expect(findSlowness(quadratic, worst('a', 'a'))).toMatch(/times as long as in 16 parts/)
})

test('chunks of one byte are read in linear time, however many there are', () => {
  const readAll = (text: string) => {
    const data = Buffer.from(text)
    const chunks = new ChunkedBody(8 * size)
    for (let at = 0; at < data.length; at += 65_536) chunks.take(data, at, Math.min(data.length, at + 65_536))
  }
  const piece = '1;a="b"\r\na\r\n'
  for (let turn = 0; turn < 20; turn++) readAll(piece.repeat(1000))
  expect(findSlowness(readAll, worst('chunks', piece))).toBeUndefined()
})
