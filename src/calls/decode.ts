import { brotliDecompress, constants, gunzip, inflate, zstdDecompress } from 'node:zlib'
import type { Scope } from '../cancellation.ts'
import { GatewayError } from '../errors.ts'
import { Body } from '../json/body.ts'
import { parseJson } from '../json-text.ts'
import { isNumber, TooManyDigits } from '../numbers.ts'
import type { IncomingResponse } from '../transports/transport.ts'
import { isNestedDeeperThan } from './nesting.ts'
import type { CallSite } from './policy.ts'

/** Deeper than any honest answer, and far from where a recursive walk overflows the stack. */
export const maxDepth = 500

const utf8 = new TextDecoder('utf-8', { fatal: true })
const usualType = 'application/json'
const jsonType = /^(?:application|text)\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i

type Decompressor = (
  input: Buffer,
  options: { maxOutputLength: number; params?: Record<number, number> },
  callback: (error: Error | null, output: Buffer) => void,
) => void

const decompressors = new Map<string, Decompressor>([
  ['gzip', gunzip],
  ['x-gzip', gunzip],
  ['deflate', inflate],
  ['br', brotliDecompress],
  ['zstd', (input, options, callback) => zstdDecompress(input, { ...options, params: zstdParams }, callback)],
])

/** 8 MB, the most that a sender may ask for (RFC 9659 section 3): else a few bytes make zstd reserve 128 MB. */
const zstdParams = { [constants.ZSTD_d_windowLogMax]: 23 }

/**
 * Checks a body, and indexes it where `indexBody` can, else parses it: content coding, UTF-8, depth, JSON. Undefined
 * where there is none. Numbers keep their value, and a `__proto__` member is an own property like any other. A promise
 * only where there is a content coding, which we never ask for; it rejects with the scope's reason when that is
 * cancelled first.
 * @throws GatewayError `invalid-response`
 */
export function decodeBody(
  incoming: IncomingResponse,
  maxBytes: number,
  scope: Scope,
  indexBody?: CallSite['indexBody'],
): Body | undefined | Promise<Body | undefined> {
  const { contentType, contentEncoding, body } = incoming
  if (body.length === 0) return undefined
  if (contentType !== undefined && contentType !== usualType && !jsonType.test(contentType))
    throw unusable(incoming, 'the answer is not JSON by its content type')
  return contentEncoding === undefined || contentEncoding === 'identity'
    ? read(incoming, body, indexBody)
    : decompress(incoming, contentEncoding, maxBytes, scope).then((bytes) => read(incoming, bytes, indexBody))
}

/** A body that was decoded before, from its bytes. */
export function restoreBody(
  { indexBody }: Pick<CallSite, 'indexBody'>,
  bytes: Uint8Array | undefined,
): Body | undefined {
  if (bytes === undefined) return undefined
  return index(bytes, indexBody) ?? Body.ofValue(parseJson(utf8.decode(bytes)), bytes)
}

function decompress(incoming: IncomingResponse, coding: string, maxBytes: number, scope: Scope): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const decompressor = decompressors.get(coding.toLowerCase())
    if (!decompressor) return reject(unusable(incoming, 'the answer has an unknown content coding'))
    const unsubscribe = scope.onCancel(reject)
    decompressor(incoming.body, { maxOutputLength: maxBytes }, (cause, bytes) => {
      unsubscribe()
      if (!cause) return resolve(bytes)
      const isTooLarge = (cause as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE'
      reject(
        unusable(
          incoming,
          isTooLarge ? 'the answer is too large' : 'the content coding of the answer is broken',
          cause,
        ),
      )
    })
  })
}

function read(incoming: IncomingResponse, bytes: Buffer, indexBody: CallSite['indexBody']): Body {
  if (isContainer(bytes) || !hasNoEnd(incoming)) {
    const body = index(bytes, indexBody)
    if (body) return body
  }
  return Body.ofValue(parse(incoming, bytes), bytes)
}

function index(bytes: Uint8Array, indexBody: CallSite['indexBody']): Body | undefined {
  const slices = indexBody?.(bytes)
  return slices ? Body.ofSlices(bytes, slices) : Body.ofBytes(bytes, maxDepth)
}

function parse(incoming: IncomingResponse, bytes: Buffer): unknown {
  let text: string
  let body: unknown
  try {
    text = utf8.decode(bytes)
  } catch (cause) {
    throw unusable(incoming, 'the answer is not valid UTF-8', cause)
  }
  if (isNestedDeeperThan(maxDepth, text)) throw unusable(incoming, `the answer is nested over ${maxDepth} levels deep`)
  try {
    body = parseJson(text)
  } catch (error) {
    if (error instanceof TooManyDigits) throw unusable(incoming, error.message)
    // The SyntaxError is not kept: it quotes the body.
    throw unusable(incoming, 'the answer is not valid JSON')
  }
  if (isNumber(body) && hasNoEnd(incoming)) throw unusable(incoming, 'the answer may be incomplete')
  return body
}

/** Whether it begins as an object or a list, which show it when their end is missing. */
function isContainer(bytes: Buffer): boolean {
  return bytes[0] === 0x7b || bytes[0] === 0x5b
}

/** A body that ends where the connection does may have lost its end: every JSON value but a number shows that. */
function hasNoEnd({ headers }: IncomingResponse): boolean {
  return headers['content-length'] === undefined && headers['transfer-encoding'] === undefined
}

function unusable({ status }: IncomingResponse, detail: string, cause?: unknown): GatewayError {
  return new GatewayError('invalid-response', { detail, cause, response: { status, body: undefined } })
}
