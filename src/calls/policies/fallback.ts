import { endsRequest, type GatewayError, toGatewayError } from '../../errors.ts'
import type { StoredResponse, StoreKey } from '../../stores/store.ts'
import { noteReason } from '../../telemetry/span.ts'
import type { Call, CallContext, CallResponse, Fallback } from '../call.ts'
import { restoreBody } from '../decode.ts'
import { compileStoreKey } from '../http-caching/request-key.ts'
import { mayBeStored, sharingOf } from '../http-caching/storable.ts'
import { type Layer, type LayerResponse, OngoingCall } from '../layer.ts'
import type { StackParts } from '../parts.ts'
import type { CallSite } from '../policy.ts'
import { recorderOf } from '../recorder.ts'

type FallbackParts = Pick<StackParts, 'clock' | 'store' | 'metrics'>

/**
 * Renders the request and sends it; covers a failure of either by the first of the site's fallbacks that succeeds.
 * When none does, the call's own error is thrown. A cancelled call is not covered. The response carries the error it
 * covers.
 */
export function fallback(site: CallSite, { clock, store, metrics }: FallbackParts): (next: Layer) => Call {
  if (site.fallbacks.length === 0) {
    return (next) => (context) => {
      const call = new OngoingCall(context)
      return renderAndSend(site, call, next).catch((thrown: unknown) => {
        throw placed(thrown, call, site)
      })
    }
  }
  const keepMs = Math.max(0, ...site.fallbacks.map((entry) => (entry.kind === 'lastGood' ? entry.maxAgeMs : 0)))
  const sharing = sharingOf(site)
  const keyOf = compileStoreKey(site, 'lastGood')

  function record(response: LayerResponse, { request }: OngoingCall): LayerResponse {
    // What came from a store or from a call beside this one was recorded when it was live.
    if (request && response.source === 'live' && mayBeStored(sharing, request, response)) {
      const { status, headers, body } = response
      // One millisecond more: at `maxAgeMs` it is not too old.
      store.set(keyOf(request), { status, headers, bytes: body?.bytes, storedAt: clock.epoch() }, keepMs + 1)
    }
    return response
  }

  const look = async (key: StoreKey) => (await store.get(key)).response
  const { recorded } = site
  /** Of a durable run what is in its record: the store may hold another one by then. */
  const find = recorded
    ? async (key: StoreKey, context: CallContext) => {
        const kept = await recorderOf(context)?.keep(`${recorded.place}:lastGood`, async () => pack(await look(key)))
        return kept && unpack(kept)
      }
    : look

  async function answerFrom(entry: Fallback, error: GatewayError, { request, context }: OngoingCall) {
    if (entry.kind === 'handler') return await entry.run(error, context)
    // A last good answer is found by its request: without one there is none.
    const stored = request && (await find(keyOf(request), context))
    if (!stored || clock.epoch() - stored.storedAt > entry.maxAgeMs) return undefined
    const { status, headers, bytes } = stored
    return {
      status,
      headers,
      body: restoreBody(site, bytes, headers),
      source: 'stale',
      attempts: 0,
    } satisfies CallResponse
  }

  async function cover(thrown: unknown, call: OngoingCall): Promise<CallResponse> {
    const error = placed(thrown, call, site)
    const { scope, span } = call.context
    if (error.code === 'cancelled' || endsRequest(error)) throw error
    if (scope.reason) throw scope.reason
    for (const entry of site.fallbacks) {
      try {
        const response = await answerFrom(entry, error, call)
        if (!response) continue
        metrics.fallback(response.source, error.code)
        if (span.sampled) span.event('tessera.fallback', { source: response.source, 'error.type': error.code })
        return { ...response, attempts: call.attempts, error }
      } catch (failure) {
        if (scope.reason) throw scope.reason
        if (endsRequest(toGatewayError(failure))) throw failure
      }
    }
    throw error
  }

  return (next) => (context) => {
    const call = new OngoingCall(context)
    const answer = renderAndSend(site, call, next)
    return (keepMs > 0 ? answer.then((response) => record(response, call)) : answer).catch((thrown: unknown) =>
      cover(thrown, call),
    )
  }
}

function renderAndSend(site: CallSite, call: OngoingCall, next: Layer): Promise<LayerResponse> {
  try {
    call.request = site.render(call.context.document)
  } catch (thrown) {
    noteReason(call.context.span, toGatewayError(thrown))
    return Promise.reject(thrown)
  }
  return next(call.request, call)
}

/** A stored answer as JSON. */
function pack(stored: StoredResponse | undefined) {
  return stored && { ...stored, bytes: stored.bytes && Buffer.from(stored.bytes).toString('base64') }
}

function unpack(packed: NonNullable<ReturnType<typeof pack>>): StoredResponse {
  return { ...packed, bytes: packed.bytes === undefined ? undefined : Buffer.from(packed.bytes, 'base64') }
}

/** Says of a failure which call it was. */
function placed(thrown: unknown, { attempts, endpoint }: OngoingCall, { service, operation }: CallSite): GatewayError {
  const error = toGatewayError(thrown)
  // A cancellation is shared by all that it ends.
  if (error.code === 'cancelled') return error
  error.attempts = attempts
  error.place = { service: service.name, operation, endpoint: endpoint?.url }
  return error
}
