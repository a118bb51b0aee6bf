import { brotliDecompress, gunzip, inflate, zstdDecompress } from 'node:zlib'
import type { Scope } from '../cancellation.ts'
import { GatewayError } from '../errors.ts'
import { isNestedDeeperThan } from './nesting.ts'
import type { IncomingResponse } from './transports/transport.ts'

/** Deeper than any honest answer, and far from where a recursive walk overflows the stack. */
export const maxDepth = 500

/** A body as JSON: the text and the value parsed from it, both undefined for no body. */
export interface DecodedBody {
  readonly body: unknown
  readonly text: string | undefined
}

const noBody: DecodedBody = { body: undefined, text: undefined }
const utf8 = new TextDecoder('utf-8', { fatal: true })
const usualType = 'application/json'
const jsonType = /^(?:application|text)\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i

type Decompressor = (
  input: Buffer,
  options: { maxOutputLength: number },
  callback: (error: Error | null, output: Buffer) => void,
) => void

const decompressors = new Map<string, Decompressor>([
  ['gzip', gunzip],
  ['x-gzip', gunzip],
  ['deflate', inflate],
  ['br', brotliDecompress],
  ['zstd', zstdDecompress],
])

/**
 * Turns a body into a value: content coding, UTF-8, depth, JSON. Numbers are JSON.parse's; a `__proto__` member is
 * an own property like any other. A promise only where there is a content coding, which we never ask for; it rejects
 * with the scope's reason when that is cancelled first.
 * @throws GatewayError `invalid-response`
 */
export function decodeBody(
  incoming: IncomingResponse,
  maxBytes: number,
  scope: Scope,
): DecodedBody | Promise<DecodedBody> {
  const { contentType, contentEncoding, body } = incoming
  if (body.length === 0) return noBody
  if (contentType !== undefined && contentType !== usualType && !jsonType.test(contentType))
    throw unusable(incoming, 'the answer is not JSON by its content type')
  return contentEncoding === undefined || contentEncoding === 'identity'
    ? parse(incoming, body)
    : decompress(incoming, contentEncoding, maxBytes, scope).then((bytes) => parse(incoming, bytes))
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

function parse(incoming: IncomingResponse, bytes: Buffer): DecodedBody {
  let text: string
  let body: unknown
  try {
    text = utf8.decode(bytes)
  } catch (cause) {
    throw unusable(incoming, 'the answer is not valid UTF-8', cause)
  }
  if (isNestedDeeperThan(maxDepth, text)) throw unusable(incoming, `the answer is nested over ${maxDepth} levels deep`)
  try {
    body = JSON.parse(text)
  } catch {
    // The SyntaxError is not kept: it quotes the body.
    throw unusable(incoming, 'the answer is not valid JSON')
  }
  if (typeof body === 'number' && mayBeCut(incoming)) throw unusable(incoming, 'the answer may be incomplete')
  return { body, text }
}

/** A body that ends where the connection does may have lost its end: every JSON value but a number shows that. */
function mayBeCut({ headers }: IncomingResponse): boolean {
  return headers['content-length'] === undefined && headers['transfer-encoding'] === undefined
}

function unusable({ status }: IncomingResponse, detail: string, cause?: unknown): GatewayError {
  return new GatewayError('invalid-response', { detail, cause, response: { status, body: undefined } })
}
