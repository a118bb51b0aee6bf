import type { CallCodec } from '../../calls/codec.ts'
import { GatewayError } from '../../errors.ts'
import { parseJson, printJson } from '../../json-text.ts'
import type { IncomingResponse, OutgoingRequest } from '../../transports/transport.ts'
import { fromJson, toJson } from './json.ts'
import type { Type } from './library.ts'
import { readStatus } from './status.ts'

/** Whether it is compressed, and how long it is. */
const prefixBytes = 5
/** What HTTP says of a body, and we say in gRPC's own words. */
const replaced: ReadonlySet<string> = new Set(['accept', 'accept-encoding', 'content-type', 'te'])

/** Calls of one method: JSON around it, gRPC over the wire. */
export function createCodec(request: Type, response: Type): CallCodec {
  return {
    exchange: (channel, outgoing, scope) =>
      channel.send(writeRequest(outgoing, request), scope).then((incoming) => readResponse(incoming, response)),
    codeOf: ({ headers }) => {
      const status = readStatus(headers?.['grpc-status'])
      return status && `grpc-${status.name}`
    },
  }
}

function writeRequest(outgoing: OutgoingRequest, type: Type): OutgoingRequest {
  const value = outgoing.body === undefined ? {} : parseJson(Buffer.from(outgoing.body as string).toString())
  const message = type.encode(type.fromObject(fromJson(value, type, 'it'))).finish()
  const body = Buffer.alloc(prefixBytes + message.length)
  body.writeUInt32BE(message.length, 1)
  body.set(message, prefixBytes)
  const headers: string[] = []
  for (let at = 0; at < outgoing.headers.length; at += 2) {
    if (!replaced.has(outgoing.headers[at]!)) headers.push(outgoing.headers[at]!, outgoing.headers[at + 1]!)
  }
  const leftMs = Math.max(1, Math.min(99_999_999, Math.floor(outgoing.timeLeftMs)))
  headers.push('content-type', 'application/grpc', 'te', 'trailers', 'grpc-timeout', `${leftMs}m`)
  const { method, path, timeLeftMs, maxResponseBytes, mayRepeat } = outgoing
  const onAsked = (lateMs: number) => outgoing.onAsked?.(lateMs)
  return { method, path, headers, body, timeLeftMs, maxResponseBytes, mayRepeat, onAsked }
}

/** An answer as the same in HTTP: its status by what its own means, its message as JSON. */
function readResponse(incoming: IncomingResponse, type: Type): IncomingResponse {
  const { status, contentType = '' } = incoming
  // Not gRPC's: of a proxy on the way, maybe. A success of HTTP alone is none.
  if (status < 200 || status > 299) return incoming
  if (status !== 200 || !/^application\/grpc(\+proto)?(;|$)/i.test(contentType))
    throw unusable('the answer is not gRPC', status)
  const headers = { ...incoming.headers, ...incoming.trailers }
  const said = readStatus(headers['grpc-status'])
  // Without one it was cut.
  if (!said) throw unusable('the answer has no grpc-status')
  const json =
    said.http === 200 ? printJson(readMessage(incoming.body, type)) : failureOf(said.name, headers['grpc-message'])
  return {
    status: said.http,
    headers: { ...headers, 'content-type': 'application/json' },
    contentType: 'application/json',
    contentEncoding: undefined,
    body: Buffer.from(json),
  }
}

function readMessage(body: Buffer, type: Type): unknown {
  if (body.length < prefixBytes) throw unusable('the answer has no message')
  if (body[0] !== 0) throw unusable('the message of the answer is compressed, which was not asked for')
  if (body.readUInt32BE(1) !== body.length - prefixBytes) throw unusable('the answer is not one whole message')
  try {
    return toJson(type.decode(body.subarray(prefixBytes)) as unknown as Record<string, unknown>, type)
  } catch (cause) {
    throw unusable(`the message of the answer is no ${type.name}`, 200, cause)
  }
}

function failureOf(code: string, message: string | string[] | undefined): string {
  return JSON.stringify({ code, message: decode(String(message ?? '')) })
}

/** Percent-encoded; what is not stays as it is. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function unusable(detail: string, status = 200, cause?: unknown): GatewayError {
  return new GatewayError('invalid-response', { detail, response: { status, body: undefined }, cause })
}
