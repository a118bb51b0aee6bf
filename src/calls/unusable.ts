import { GatewayError } from '../errors.ts'
import type { IncomingResponse } from '../transports/transport.ts'

/** The failure of an answer that came and cannot be used. */
export function unusable(
  { status, headers }: Pick<IncomingResponse, 'status' | 'headers'>,
  detail: string,
  cause?: unknown,
): GatewayError {
  return new GatewayError('invalid-response', { detail, cause, response: { status, headers, body: undefined } })
}
