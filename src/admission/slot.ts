import { toGatewayError } from '../errors.ts'
import type { Span } from '../telemetry/span.ts'
import type { Bulkhead, Visitor } from './bulkhead.ts'

/** Waits for a place in a bulkhead that has none free, and tells the span how that went. Rejects as the bulkhead does. */
export async function waitForSlot(bulkhead: Bulkhead, visitor: Visitor, span: Span): Promise<void> {
  try {
    const ms = await bulkhead.wait(visitor)
    if (span.sampled) span.event('tessera.queued', { wait_ms: Math.round(ms) })
  } catch (thrown) {
    const error = toGatewayError(thrown)
    if (span.sampled && error.code === 'overloaded') span.event('tessera.shed', { reason: error.detail ?? '' })
    throw error
  }
}
