import { GatewayError } from '../../errors.ts'
import type { RouteGrants } from '../../plan/access.ts'
import { challengeOf } from '../challenge.ts'
import { refuse } from '../refusals.ts'
import type { RouteRequest } from '../route-request.ts'
import { defineStage } from '../stage.ts'

/** Refuses who asks with 403 where it was not granted what the route takes; what cannot be told is refused too. */
export const authorization = defineStage({
  name: 'authorization',
  on: ['route', 'proxy'],
  open({ grants, access }) {
    if (!grants) return undefined
    const { scopes, roles } = grants
    const asksWho = scopes.length + roles.length > 0
    return (next) => (request, client) => {
      const { identity } = request.parts
      if (!identity && asksWho) {
        client.addHeaders(challengeOf(access!))
        throw refuse('unauthenticated', undefined, undefined, 'there is no credential')
      }
      const lacking = identity && scopes.find((scope) => !identity.auth.scopes.includes(scope))
      if (lacking !== undefined) {
        client.addHeaders(challengeOf(access!, `error="insufficient_scope", scope="${scopes.join(' ')}"`))
        throw refuse('insufficient-scope', undefined, undefined, `the scope ${lacking} was not granted`)
      }
      if (identity && !roles.every((some) => some.some((role) => identity.auth.roles.includes(role))))
        throw refuse('forbidden', undefined, undefined, 'none of the roles is there')
      const reason = whyNot(grants, request)
      if (reason !== undefined) throw refuse('forbidden', undefined, undefined, reason)
      return next(request, client)
    }
  },
})

/** Why `allow` does not let a request in; undefined where it does. */
function whyNot({ test, view }: RouteGrants, request: RouteRequest): string | undefined {
  if (!test) return undefined
  try {
    return test(view!(request.parts, request.work)) === true ? undefined : '`allow` is false'
  } catch (thrown) {
    return thrown instanceof GatewayError ? `\`allow\` cannot be told: ${thrown.message}` : '`allow` cannot be told'
  }
}
