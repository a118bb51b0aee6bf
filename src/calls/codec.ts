import type { Scope } from '../cancellation.ts'
import type { BackendAnswer } from '../errors.ts'
import type { Channel, IncomingResponse, OutgoingRequest } from '../transports/transport.ts'

/**
 * The protocol that a call is sent in, where it is not HTTP itself. What stands around the attempt (caches, copies, policies,
 * what reads the answer) sees JSON over HTTP; only what goes over the wire is of the protocol.
 */
export interface CallCodec {
  /** Undefined in tests of routes: mocks are HTTP. Rejects as `Channel.send` does. */
  readonly exchange?: (channel: Channel, request: OutgoingRequest, scope: Scope) => Promise<IncomingResponse>
  /** What the protocol calls a failure; undefined where it has no name. */
  codeOf(answer: Pick<BackendAnswer, 'headers'>): string | undefined
}
