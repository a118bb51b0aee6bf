import { assembleFailure } from './assemble.ts'
import type { Outcome } from './outcome.ts'
import type { RouteRequest } from './route-request.ts'
import type { Client, Handle, Stage, StageParts } from './stage.ts'
import type { StagedRoute } from './staged-route.ts'
import { answerCache } from './stages/answer-cache.ts'
import { authentication } from './stages/authentication.ts'
import { authorization } from './stages/authorization.ts'
import { body } from './stages/body.ts'
import { bulkhead } from './stages/bulkhead.ts'
import { addressLimits, clientLimits } from './stages/client-limits.ts'
import { compress } from './stages/compress.ts'
import { conditional } from './stages/conditional.ts'
import { debug } from './stages/debug.ts'
import { inputs } from './stages/inputs.ts'
import { origin } from './stages/origin.ts'
import { service } from './stages/service.ts'

/**
 * The stages of a request in their order, the outermost first: written here and nowhere else. ARCHITECTURE.md has the
 * picture, with the places where those to come will stand.
 */
export const stages: readonly Stage[] = [
  addressLimits,
  authentication,
  origin,
  clientLimits,
  authorization,
  bulkhead,
  service,
  body,
  inputs,
  compress,
  debug,
  conditional,
  answerCache,
]

/** Those that tell who may ask. */
export const gates: readonly Stage[] = [authentication, authorization]

/** What stands before one route, and its end: opened once, for all of its requests. */
export interface Pipeline {
  /** Answers a request, at once or later; `done` is called once. Nothing is thrown but what `done` throws. */
  answer(request: RouteRequest, client: Client, done: (outcome: Outcome) => void): void
  /** What its stages share with others is theirs alone from now on. */
  release(): void
}

/** Puts the stages that a route declares before its end. */
export function openPipeline(
  route: StagedRoute,
  parts: Omit<StageParts, 'hold'>,
  end: Handle,
  among: readonly Stage[] = stages,
): Pipeline {
  const releases: (() => void)[] = []
  const held: StageParts = {
    ...parts,
    hold: ({ value, release }) => {
      releases.push(release)
      return value
    },
  }
  const kind = kinds[route.kind]
  const wraps = among.flatMap((stage) => (stage.on.includes(kind) ? (stage.open(route, held) ?? []) : []))
  const handle = wraps.reduceRight((next, wrap) => wrap(next), end)
  return {
    answer(request, client, done) {
      const fail = (thrown: unknown) => done(assembleFailure(route, thrown))
      let outcome: Outcome | Promise<Outcome>
      try {
        outcome = handle(request, client)
      } catch (thrown) {
        fail(thrown)
        return
      }
      if (outcome instanceof Promise) outcome.then(done, fail)
      else done(outcome)
    },
    release() {
      for (const release of releases) release()
    },
  }
}

const kinds = { aggregate: 'route', passthrough: 'proxy', unmatched: 'unmatched' } as const

/** The end of a route without steps: somebody else answers. */
export const passOn: Handle = (request, client) => {
  client.passOn(request)
  return passedOn
}

const passedOn: Outcome = { kind: 'passed-on' }
