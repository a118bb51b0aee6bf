/** Parameters of `Cache-Status` (RFC 9211): what the cache of one call did. */
export type ForwardReason = 'uri-miss' | 'stale'

/** The answer came from the cache; a ttl below zero says how long it has been stale. */
export function printHit(ttlMs: number): string {
  return `hit;ttl=${Math.floor(ttlMs / 1000)}`
}

export interface Forwarded {
  readonly reason: ForwardReason
  /** What the backend answered, where that is not what the route got. */
  readonly status?: number | undefined
  readonly stored: boolean
  /** An equal call was under way, and this one shared its answer. */
  readonly collapsed: boolean
}

/** The backend was asked. */
export function printForwarded({ reason, status, stored, collapsed }: Forwarded): string {
  let text = `fwd=${reason}`
  if (status !== undefined) text += `;fwd-status=${status}`
  if (stored) text += ';stored'
  if (collapsed) text += ';collapsed'
  return text
}
