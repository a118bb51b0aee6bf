import type { Credential } from '../identity/credential.ts'
import type { Failures } from '../identity/failures.ts'
import { denied, type Verdict } from '../identity/identity.ts'
import type { OpenScheme } from '../identity/open-scheme.ts'
import type { RouteAccess } from '../plan/access.ts'
import type { RequestParts } from '../plan/request-parts.ts'
import { refuse } from './refusals.ts'
import type { RouteRequest } from './route-request.ts'
import type { Client } from './stage.ts'

/** What came of the credentials of a request; undefined where it brought none. */
export type Found = Looked | undefined

interface Looked {
  readonly verdict: Verdict
  /** The credential that decided. */
  readonly text: string
  readonly isAmbient: boolean
  /** Milliseconds since the epoch after which one of all that were looked at holds no more. */
  readonly untilMs?: number
}

/** Looks at the credentials of a request. Throws where its address had too many that were none. */
export type Gate = (request: RouteRequest, client: Client) => Found | Promise<Found>

/** A scheme as requests of a route pass it. */
export interface GateScheme {
  readonly reads: OpenScheme['reads']
  find(parts: RequestParts, request: RouteRequest): Credential | undefined
  judge(
    credential: Credential,
    isAlone: boolean,
    request: RouteRequest,
    client: Client,
  ): Verdict | Promise<Verdict> | undefined
}

/** Opens what a route says of its schemes: any of them, or all. */
export function openGate(
  mode: RouteAccess['mode'],
  schemes: readonly GateScheme[],
  failures: Failures | undefined,
): Gate {
  const judge: Judge = (scheme, credential, isAlone, request, client) => {
    const waitSeconds = failures?.waitOf(request.parts.ip) ?? 0
    if (waitSeconds > 0) throw refuse('rate-limited', undefined, waitSeconds, 'too many credentials that were none')
    const verdict = scheme.judge(credential, isAlone, request, client)
    if (verdict === undefined) return undefined
    const { text, isAmbient } = credential
    if (!(verdict instanceof Promise)) return { verdict, text, isAmbient }
    const looked = failures?.look(request.parts.ip, text, verdict) ?? verdict
    return looked.then((known): Found => ({ verdict: known, text, isAmbient }))
  }
  const ask = mode === 'any' ? askAny(schemes, judge) : askAll(schemes, judge)
  const askInTurn: Gate = (request, client) =>
    failures?.turnOf(request.parts.ip)?.then(() => {
      client.scope.throwIfCancelled()
      return askInTurn(request, client)
    }) ?? ask(request, client)
  return failures ? askInTurn : ask
}

type Judge = (
  scheme: GateScheme,
  credential: Credential,
  isAlone: boolean,
  request: RouteRequest,
  client: Client,
) => Found | Promise<Found>

/** The first scheme whose credential is there decides alone. */
function askAny(schemes: readonly GateScheme[], judge: Judge): Gate {
  const readBy = (place: string) => schemes.filter(({ reads }) => reads.includes(place)).length
  const alone = schemes.map(({ reads }) => reads.every((place) => readBy(place) === 1))
  return (request, client) => {
    let stranger: Credential | undefined
    for (const [at, scheme] of schemes.entries()) {
      const credential = scheme.find(request.parts, request)
      if (!credential) continue
      const found = judge(scheme, credential, alone[at]!, request, client)
      if (found) return found
      stranger ??= credential
    }
    return stranger && { ...stranger, verdict: denied('it is of none of the schemes here') }
  }
}

/** Every scheme has to find its credential, and it to be good; who asks is told by the last. */
function askAll(schemes: readonly GateScheme[], judge: Judge): Gate {
  return async (request, client) => {
    let last: Found
    let isAmbient = false
    let untilMs = Number.POSITIVE_INFINITY
    for (const scheme of schemes) {
      const credential = scheme.find(request.parts, request)
      if (!credential) return undefined
      last = await judge(scheme, credential, true, request, client)
      isAmbient ||= credential.isAmbient
      if (last?.verdict.kind !== 'identity') return last
      untilMs = Math.min(untilMs, last.verdict.expiresMs ?? untilMs)
    }
    return last && { ...last, isAmbient, untilMs }
  }
}

/** Goes on with what was found, at once where that is there. */
export function andThenFound<Result>(
  found: Found | Promise<Found>,
  then: (found: Found) => Result | Promise<Result>,
): Result | Promise<Result> {
  return found instanceof Promise ? found.then(then) : then(found)
}
