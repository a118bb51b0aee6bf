import { hash } from 'node:crypto'
import { parseCacheControl } from '../backends/http-caching/cache-control.ts'
import { printForwarded, printHit } from '../backends/http-caching/cache-status.ts'
import type { StoredResponse, StoreKey } from '../backends/stores/store.ts'
import type { RouteCaching } from '../plan/route-caching.ts'
import type { AggregatedRoute, RequestParts } from '../plan/snapshot.ts'
import type { Answer, Outcome } from '../run/outcome.ts'
import type { Serving } from './serving.ts'

/** About one request or one attempt: not kept with the answer. */
const ofTheMoment = new Set(['server-timing', 'cache-status', 'age'])

interface RouteCacheParts extends Pick<Serving, 'store' | 'clock'> {
  readonly metrics: Pick<Serving['metrics'], 'countRouteCache'>
}

/**
 * Answers from the store what the route answered before to a request alike in all that it reads; otherwise runs it,
 * and keeps a whole 200. What is degraded is kept as long as `degradedMaxAge` allows; what sets a cookie, or says
 * `no-store`, is not; nor is what a backend gave for one client alone (`isPersonal`).
 * @param version of the snapshot: answers of another configuration are not used
 */
export async function answerFromCache(
  { store, clock, metrics }: RouteCacheParts,
  route: AggregatedRoute,
  caching: RouteCaching,
  version: string,
  request: RequestParts,
  run: () => Promise<Outcome>,
): Promise<Outcome> {
  const { ttlMs } = caching
  if (ttlMs === undefined) return run()
  const digest = hash('sha256', `${version}\n${route.name}\n${caching.keyOf(request)}`, 'base64url')
  const key: StoreKey = { service: '', operation: route.name, digest }
  const looking = store.get(key)
  const { response, generation } = looking instanceof Promise ? await looking : looking
  const leftMs = response ? response.storedAt + (response.lifetimes?.freshMs ?? 0) - clock.epoch() : 0
  if (response && leftMs > 0) {
    metrics.countRouteCache(route.name, 'hit')
    return restore(response, leftMs, clock.epoch())
  }
  metrics.countRouteCache(route.name, 'miss')
  const outcome = await run()
  if (outcome.kind !== 'answer') return outcome
  const keepMs = keepTimeMs(outcome, ttlMs, route.degradedMaxAgeMs)
  if (keepMs > 0) {
    metrics.countRouteCache(route.name, 'stored')
    store.set(key, freeze(outcome, keepMs, clock.epoch()), keepMs, generation)
  }
  return withStatus(outcome, printForwarded({ reason: 'uri-miss', stored: keepMs > 0, collapsed: false }))
}

function keepTimeMs({ status, headers, degraded, records }: Answer, ttlMs: number, degradedMaxAgeMs = 0): number {
  const control = parseCacheControl(headers['cache-control'] as string | string[] | undefined)
  if (status !== 200 || headers['set-cookie'] !== undefined || records.some(({ isPersonal }) => isPersonal)) return 0
  if (degraded.length > 0) return Math.min(ttlMs, degradedMaxAgeMs)
  return control.noStore ? 0 : ttlMs
}

function freeze({ status, headers, body }: Answer, freshMs: number, storedAt: number): StoredResponse {
  const kept = Object.fromEntries(Object.entries(headers).filter(([name]) => !ofTheMoment.has(name)))
  const text = body === undefined ? undefined : Buffer.from(body).toString()
  return { status, headers: kept, text, storedAt, lifetimes: { freshMs, staleMs: 0, staleIfErrorMs: 0 } }
}

function restore({ status, headers, text, storedAt }: StoredResponse, leftMs: number, epochMs: number): Answer {
  const age = String(Math.max(0, Math.floor((epochMs - storedAt) / 1000)))
  const body = text === undefined ? undefined : Buffer.from(text)
  const answer: Answer = { kind: 'answer', status, headers: { ...headers, age }, body, records: [], degraded: [] }
  return withStatus(answer, printHit(leftMs))
}

/** The cache nearest to the client stands last (RFC 9211 section 2). */
function withStatus(answer: Answer, parameters: string): Answer {
  const inner = answer.headers['cache-status']
  const own = `tessera;${parameters}`
  return {
    ...answer,
    headers: { ...answer.headers, 'cache-status': inner === undefined ? own : `${String(inner)}, ${own}` },
  }
}
