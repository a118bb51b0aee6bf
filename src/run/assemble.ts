import { TooMuchWork } from '../binding/too-much-work.ts'
import { GatewayError, toGatewayError } from '../errors.ts'
import type { LeftOut } from '../expressions/document.ts'
import { spendOnPrinting } from '../expressions/work.ts'
import { splitList } from '../header-list.ts'
import { printJson } from '../json-text.ts'
import type { AggregatedRoute } from '../plan/snapshot.ts'
import type { CallRecord, Exit } from '../steps/context.ts'
import { addHeaders, type Headers, headersOn, renderHeaders } from './headers.ts'
import type { Answer, Degradation, Failure } from './outcome.ts'
import type { StagedRoute } from './staged-route.ts'

/** Makes the answer of a route: its JSON text, its headers, and what the gateway adds to them. */
export function assembleAnswer(
  exit: Exit,
  records: readonly CallRecord[],
  { degradedMaxAgeMs, headers: ofRoute }: Pick<AggregatedRoute, 'degradedMaxAgeMs' | 'headers'>,
  left: readonly LeftOut[] = [],
): Answer {
  const { status, body } = exit
  const { headers, dropped } = renderHeaders(exit.headers)
  if (ofRoute) addHeaders(headers, headersOn(status, ofRoute))
  const degraded = status < 400 ? findDegradations(records, left) : []
  if (degraded.length > 0) {
    headers['tessera-degraded'] = printDegraded(degraded)
    headers['cache-control'] = limitCaching(headers['cache-control'], degradedMaxAgeMs)
  }
  if (records.length > 0) headers['server-timing'] = printServerTiming(records)
  if (records.some(hasCache)) headers['cache-status'] = printCacheStatus(records)
  return {
    kind: 'answer',
    status,
    headers,
    body: printBody(body),
    records,
    degraded,
    filledFrom: exit.filledFrom,
    ...(left.length > 0 && { left }),
    ...(dropped && { dropped }),
  }
}

/** What was thrown on the way of a request, as its outcome. */
export function assembleFailure(route: StagedRoute, thrown: unknown, records: readonly CallRecord[] = []): Failure {
  const isBlamed = thrown instanceof TooMuchWork && route.kind === 'aggregate'
  const error = isBlamed ? route.blame(thrown) : toGatewayError(thrown)
  const headers: Headers = records.length > 0 ? { 'server-timing': printServerTiming(records) } : {}
  if (route.headers) addHeaders(headers, route.headers.onError)
  return { kind: 'failure', error, headers, records }
}

function printBody(body: unknown): Answer['body'] {
  if (body === undefined || body instanceof Uint8Array) return body
  try {
    spendOnPrinting(body)
    // Node writes a string that is not Latin-1 at several times the cost of its bytes.
    return Buffer.from(printJson(body))
  } catch (cause) {
    if (cause instanceof GatewayError) throw cause
    // Only nesting beyond the stack gets here: everything in a context is JSON.
    throw new GatewayError('invalid-response', { detail: 'the response is nested too deeply', cause })
  }
}

/** A page with parts missing must not outlive the trouble; what else its route says of caches still holds. */
function limitCaching(own: string | string[] | undefined, maxAgeMs: number | undefined): string {
  const directives = splitList(String(own ?? ''))
  if (maxAgeMs === undefined || directives.includes('no-store')) return 'no-store'
  const kept = directives.filter((directive) =>
    /^(private|public|no-cache|no-transform|must-revalidate)/.test(directive),
  )
  const ownSeconds = Number(/\bmax-age=(\d+)/.exec(String(own))?.[1] ?? Number.POSITIVE_INFINITY)
  return [...kept, `max-age=${Math.min(ownSeconds, Math.floor(maxAgeMs / 1000))}`].join(', ')
}

/** The parts that fell back or were left out, each once, in the order in which they began. */
function findDegradations(records: readonly CallRecord[], left: readonly LeftOut[]): Degradation[] {
  if (left.length === 0 && records.every(({ source }) => !isDegraded(source))) return []
  const found: Degradation[] = []
  const add = (one: Degradation) => {
    const { step, source, error } = one
    const known = found.some((other) => other.step === step && other.source === source && other.error === error)
    if (!known) found.push(one)
  }
  for (const { step, source, error, isMoot, isExpected } of [...records].sort((a, b) => a.startedMs - b.startedMs)) {
    if (!isDegraded(source) || error === 'cancelled' || isMoot || isExpected) continue
    // Stale and no failure: a newer answer is being fetched, as the cache was told to.
    if (source === 'stale' && error === undefined) continue
    add({ step, source, error })
  }
  for (const { step, error, source = 'skipped' } of left) add({ step, source, error: error.code })
  return found
}

function isDegraded(source: CallRecord['source']): boolean {
  return source === 'fallback' || source === 'stale' || source === 'skipped'
}

/** Of so many parts that a list of them would be no header, the rest are counted. */
function printDegraded(degraded: readonly Degradation[]): string {
  const rest = degraded.length - mostTimings
  const members = degraded.slice(0, mostTimings).map(printDegradation)
  return (rest > 0 ? [...members, `others;count=${rest}`] : members).join(', ')
}

/** A member of the `Tessera-Degraded` list (RFC 9651): names and codes are tokens by their own grammars. */
function printDegradation({ step, source, error }: Degradation): string {
  return error === undefined ? `${step};source=${source}` : `${step};source=${source};error=${error}`
}

/** What the cache of whole answers is called in `Cache-Status`. */
export const ownCache = 'tessera'

function hasCache({ cacheStatus }: CallRecord): boolean {
  return cacheStatus !== undefined
}

/** RFC 9211, a member for each call that has a cache: `recommend;hit;ttl=12`. */
function printCacheStatus(records: readonly CallRecord[]): string {
  const told = records.filter(hasCache).slice(0, mostTimings)
  return told.map(({ step, cacheStatus }) => `${step === ownCache ? `steps.${step}` : step};${cacheStatus}`).join(', ')
}

const mostTimings = 40

/** https://www.w3.org/TR/server-timing/: `recommend;dur=12.3`, and what stood in for it. */
function printServerTiming(records: readonly CallRecord[]): string {
  let text = ''
  const count = Math.min(records.length, mostTimings)
  for (let index = 0; index < count; index += 1) {
    const { step, ms, source } = records[index]!
    if (index > 0) text += ', '
    text += `${step};dur=${Math.round(ms * 10) / 10}`
    if (source !== 'live') text += `;desc=${source}`
  }
  return text
}
