import type { IncomingMessage } from 'node:http'
import type { Clock } from '../../clock.ts'
import { GatewayError } from '../../errors.ts'
import { contained } from '../../faults.ts'
import { refuse, tooLarge } from '../../run/refusals.ts'
import type { ReceivedBody } from '../../run/stage.ts'
import { bodyTimeoutOf } from './connection.ts'

export function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length']
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0')
}

/**
 * Reads a client's body. One that a middleware before us has read already is taken as it left it.
 * @throws GatewayError one of the server's refusals
 */
export async function readBody(request: IncomingMessage, maxBytes: number, clock: Clock): Promise<ReceivedBody> {
  if (request.readableEnded) return { value: 'body' in request ? request.body : undefined }
  const coding = request.headers['content-encoding']
  if (coding !== undefined && coding !== 'identity') {
    throw refuse('unsupported-encoding', 'send the body without a content coding')
  }
  return { bytes: await collect(request, maxBytes, clock) }
}

function collect(request: IncomingMessage, maxBytes: number, clock: Clock): Promise<Buffer> {
  if (Number(request.headers['content-length']) > maxBytes) return Promise.reject(tooLarge(maxBytes))
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    const timer = clock.schedule(
      // Slower clients hold a connection for nothing.
      bodyTimeoutOf(request),
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
