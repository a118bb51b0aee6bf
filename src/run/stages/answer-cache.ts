import { hash } from 'node:crypto'
import { parseCacheControl } from '../../calls/http-caching/cache-control.ts'
import { printForwarded, printHit } from '../../calls/http-caching/cache-status.ts'
import type { Lookup, StoredResponse, StoreKey } from '../../stores/store.ts'
import { ownCache } from '../assemble.ts'
import type { Answer, Outcome } from '../outcome.ts'
import type { RouteRequest } from '../route-request.ts'
import { andThen, type Client, defineStage, type Handle } from '../stage.ts'

/** About one request or one attempt: not kept with the answer. */
const ofTheMoment = new Set(['server-timing', 'cache-status', 'age'])

/**
 * Answers from the store what the route answered before to a request alike in all that it reads; otherwise goes on, and
 * keeps a whole 200. What is degraded is kept as long as `degradedMaxAge` allows; what sets a cookie, or says `no-store`,
 * is not; nor is what a backend gave for one client alone (`isPersonal`).
 */
export const answerCache = defineStage({
  name: 'answer cache',
  on: ['route'],
  open({ name, caching, degradedMaxAgeMs }, { clock, store, metrics }) {
    const ttlMs = caching?.ttlMs
    if (!caching || ttlMs === undefined) return undefined
    const keyOf = ({ parts }: RouteRequest): StoreKey => {
      const digest = hash('sha256', `${name}\n${caching.keyOf(parts)}`, 'base64url')
      return { service: '', operation: name, digest }
    }

    function keep(key: StoreKey, outcome: Outcome, generation: string): Outcome {
      if (outcome.kind !== 'answer') return outcome
      const keepMs = keepTimeMs(outcome, ttlMs!, degradedMaxAgeMs)
      if (keepMs > 0) {
        metrics.countRouteCache(name, 'stored')
        store.set(key, freeze(outcome, keepMs, clock.epoch()), keepMs, generation)
      }
      return withStatus(outcome, printForwarded({ reason: 'uri-miss', stored: keepMs > 0, collapsed: false }))
    }

    return (next: Handle): Handle => {
      function answer(request: RouteRequest, client: Client, key: StoreKey, { response, generation }: Lookup) {
        const leftMs = response ? response.storedAt + (response.lifetimes?.freshMs ?? 0) - clock.epoch() : 0
        const isHit = response && leftMs > 0
        metrics.countRouteCache(name, isHit ? 'hit' : 'miss')
        if (isHit) return restore(response, leftMs, clock.epoch())
        return andThen(next(request, client), (outcome) => keep(key, outcome, generation))
      }

      return (request, client) => {
        if (request.debug) return next(request, client)
        const key = keyOf(request)
        const looking = store.get(key)
        if (!(looking instanceof Promise)) return answer(request, client, key, looking)
        return looking.then((found) => answer(request, client, key, found))
      }
    }
  },
})

function keepTimeMs({ status, headers, degraded, records }: Answer, ttlMs: number, degradedMaxAgeMs = 0): number {
  const control = parseCacheControl(headers['cache-control'] as string | string[] | undefined)
  if (status !== 200 || headers['set-cookie'] !== undefined || records.some(({ isPersonal }) => isPersonal)) return 0
  if (degraded.length > 0) return Math.min(ttlMs, degradedMaxAgeMs)
  return control.noStore ? 0 : ttlMs
}

function freeze({ status, headers, body }: Answer, freshMs: number, storedAt: number): StoredResponse {
  const kept = Object.fromEntries(Object.entries(headers).filter(([name]) => !ofTheMoment.has(name)))
  return { status, headers: kept, bytes: body, storedAt, lifetimes: { freshMs, staleMs: 0, staleIfErrorMs: 0 } }
}

function restore({ status, headers, bytes, storedAt }: StoredResponse, leftMs: number, epochMs: number): Answer {
  const age = String(Math.max(0, Math.floor((epochMs - storedAt) / 1000)))
  const answer: Answer = {
    kind: 'answer',
    status,
    headers: { ...headers, age },
    body: bytes,
    records: [],
    degraded: [],
  }
  return withStatus(answer, printHit(leftMs))
}

/** The cache nearest to the client stands last (RFC 9211 section 2). */
function withStatus(answer: Answer, parameters: string): Answer {
  const inner = answer.headers['cache-status']
  const own = `${ownCache};${parameters}`
  return {
    ...answer,
    headers: { ...answer.headers, 'cache-status': inner === undefined ? own : `${String(inner)}, ${own}` },
  }
}
