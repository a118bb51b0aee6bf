import type { OpenScheme } from '../../identity/open-scheme.ts'
import { andThenFound, type Found, type Gate, type GateScheme, openGate } from '../authenticate.ts'
import { challengeOf } from '../challenge.ts'
import type { Outcome } from '../outcome.ts'
import { openPeople, sendTo } from '../people.ts'
import { makePrivate } from '../private-answers.ts'
import { refuse } from '../refusals.ts'
import type { RouteRequest } from '../route-request.ts'
import { openQuestion } from '../scheme-question.ts'
import { andThen, type Client, defineStage, type Handle } from '../stage.ts'

/**
 * Finds out who asks. Who brings no credential, or one that is none, is answered 401, and where nobody can tell 503; where
 * people sign in, their browser is sent there instead. What is answered is for who asked: caches that many share are told
 * so.
 */
export const authentication = defineStage({
  name: 'authentication',
  on: ['route', 'proxy', 'unmatched'],
  open({ access }, { schemes, hold, questions }) {
    if (!access) return undefined
    const { optional, isPublic } = access
    const opened = access.schemes.map((scheme): OpenScheme | GateScheme => {
      const [question, call] = [access.asks?.get(scheme.name), questions?.get(scheme.name)]
      return question && call ? openQuestion(question, call) : schemes.open(scheme, hold)
    })
    const failures = access.failures && schemes.openFailures(access.failures, hold)
    const ask: Gate = openGate(access.mode, opened, failures)
    const people = openPeople(access.schemes, opened)

    function pass(found: Found, request: RouteRequest, client: Client): void {
      if (found === undefined) {
        if (optional) return
        client.addHeaders(challengeOf(access!))
        throw refuse('unauthenticated', undefined, undefined, 'there is no credential')
      }
      const { verdict, text } = found
      if (verdict.kind === 'identity') {
        client.judged?.(text, true, () => {})
        request.identify(verdict, found)
        return
      }
      const { kind, reason } = verdict
      if (kind === 'unavailable') throw refuse('auth-unavailable', undefined, verdict.retryAfter, reason)
      const { said } = verdict
      if (said?.status === 403) throw refuse('forbidden', undefined, undefined, reason)
      const count = () => failures?.note(request.parts.ip)
      if (client.judged) client.judged(text, false, count)
      else count()
      const own = () => challengeOf(access!, 'error="invalid_token"')
      client.addHeaders(said?.challenge === undefined ? own() : ['www-authenticate', said.challenge])
      throw refuse('unauthenticated', undefined, undefined, reason)
    }

    return (next: Handle): Handle => {
      const goOn = (found: Found, request: RouteRequest, client: Client): Outcome | Promise<Outcome> => {
        const signIn =
          people && found?.verdict.kind !== 'identity' ? people.whereToSignIn(found, optional, request) : undefined
        if (signIn) return sendTo(signIn, request, client)
        pass(found, request, client)
        // What others may be given has nobody's cookie.
        if (people && !isPublic) people.goOn(request, client)
        const outcome = next(request, client)
        return isPublic ? outcome : andThen(outcome, makePrivate)
      }
      return (request, client) =>
        andThenFound(ask(request, client), (found) => {
          client.scope.throwIfCancelled()
          return goOn(found, request, client)
        })
    }
  },
})
