import type { IncomingMessage } from 'node:http'
import { isNestedDeeperThan } from '../../calls/nesting.ts'
import type { Clock } from '../../clock.ts'
import { GatewayError } from '../../errors.ts'
import { contained } from '../../faults.ts'
import { Body } from '../../json/body.ts'
import { parseJson } from '../../json-text.ts'
import { TooManyDigits } from '../../numbers.ts'
import { refuse, tooLarge } from '../../run/refusals.ts'
import { parseQuery } from './query.ts'

/** Deeper than any honest request, and far from where a recursive walk overflows the stack. */
export const maxBodyDepth = 200
/** For the whole body: slower clients hold a connection for nothing. */
export const bodyTimeoutMs = 10_000

const jsonType = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i
const formType = /^application\/x-www-form-urlencoded\s*(?:;|$)/i
const utf8 = new TextDecoder('utf-8', { fatal: true })

export function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length']
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0')
}

/**
 * Reads a client's body: JSON parsed, a form as an object, anything else as text; undefined when there is none. One
 * that a middleware before us has read already is taken as it left it.
 * @throws GatewayError `invalid-input`, or one of the server's refusals
 */
export async function readBody(request: IncomingMessage, maxBytes: number, clock: Clock): Promise<unknown> {
  if (!hasBody(request)) return undefined
  if (request.readableEnded) return 'body' in request ? request.body : undefined
  const coding = request.headers['content-encoding']
  if (coding !== undefined && coding !== 'identity') {
    throw refuse('unsupported-encoding', 'send the body without a content coding')
  }
  const bytes = await collect(request, maxBytes, clock)
  const type = request.headers['content-type'] ?? ''
  if (jsonType.test(type)) return Body.ofBytes(bytes, maxBodyDepth)?.value ?? parse(decode(bytes))
  const text = decode(bytes)
  return formType.test(type) ? parseQuery(text, 'body') : text
}

function collect(request: IncomingMessage, maxBytes: number, clock: Clock): Promise<Buffer> {
  if (Number(request.headers['content-length']) > maxBytes) return Promise.reject(tooLarge(maxBytes))
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    const timer = clock.schedule(
      bodyTimeoutMs,
      contained('timer', request, () => stop(refuse('request-timeout'))),
    )
    const stop = (error: GatewayError | undefined) => {
      timer.cancel()
      request.off('data', onData).off('end', onEnd).off('error', onLost).off('close', onLost)
      // Whatever happens to the connection from here on is the reply's affair.
      request.on('error', () => {})
      if (error) reject(error)
      else resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, bytes))
    }
    const onData = contained('request', request, (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > maxBytes) stop(tooLarge(maxBytes))
      else chunks.push(chunk)
    })
    const onEnd = contained('request', request, () => stop(undefined))
    const onLost = contained('request', request, () =>
      stop(new GatewayError('cancelled', { detail: 'the client went away' })),
    )
    request.on('data', onData).on('end', onEnd).on('error', onLost).on('close', onLost)
  })
}

function decode(bytes: Buffer): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw unusable('it is not valid UTF-8')
  }
}

function parse(text: string): unknown {
  if (isNestedDeeperThan(maxBodyDepth, text)) throw unusable(`it is nested over ${maxBodyDepth} levels deep`)
  try {
    return parseJson(text)
  } catch (error) {
    if (error instanceof TooManyDigits) throw unusable(error.message)
    // The SyntaxError is not kept: it quotes the body.
    throw unusable('it is not valid JSON')
  }
}

function unusable(detail: string): GatewayError {
  return new GatewayError('invalid-input', { faults: [{ in: 'body', detail }] })
}
