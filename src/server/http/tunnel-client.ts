import type { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

/** The answer to a request for another protocol: as any other, until its connection is somebody else's. */
export interface UpgradableResponse extends ServerResponse {
  /** By its `close` nothing of it takes up room any more. */
  readonly connectionToClient: Duplex
  /** Whether a success means that the protocol is switched, so that no other answer may be one. */
  readonly isSwitchedBySuccess: boolean
  /** Leaves the connection to whoever speaks over it. */
  handOn(): TunnelClient
}

export function isUpgradable(response: ServerResponse): response is UpgradableResponse {
  return 'handOn' in response
}

/** Whether an answer of this status would tell its client that the protocol is switched. */
export function meansSwitch(response: ServerResponse, status: number): boolean {
  return isUpgradable(response) && response.isSwitchedBySuccess && status < 300
}

/** A client that speaks another protocol from now on. */
export interface TunnelClient {
  readonly connection: Duplex
  /** With which it is told so. */
  readonly status: number
  /** Tells it so. @param headers names and values in turn */
  switchProtocol(headers: readonly string[]): void
  /** Ends when all that was written has gone, and without it when nothing of it is taken for so long. */
  endWithin(ms: number): void
  cut(): void
}
