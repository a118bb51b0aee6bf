import { takeTurn } from '../../admission/turn.ts'
import { type Document, ownerOfClaims } from '../../expressions/document.ts'
import type { RouteRequest } from '../route-request.ts'
import { defineStage, type Handle } from '../stage.ts'
import { takeSlot } from './slot.ts'

/**
 * What stands before the service of a `proxy:` route: its rate, then its bulkhead, which are those of its calls. A place
 * is kept until the answer has ended, or the tunnel.
 */
export const service = defineStage({
  name: 'service',
  on: ['proxy'],
  open({ service: target }, { clock, admission, hold }) {
    const { bulkhead, rate } = admission.openService(target, hold)
    const { limit: limited, bulkhead: declared } = target
    const enter =
      bulkhead &&
      takeSlot(bulkhead, clock, {
        clientOf: (request) => declared?.clientOf?.(documentOf(request)) ?? '',
        tookMs: ({ backendMs }) => backendMs,
      })
    const wait =
      rate &&
      ((next: Handle): Handle =>
        (request, client) => {
          const { scope, span } = client
          const key = limited?.keyOf?.(documentOf(request)) ?? ''
          const waiting = takeTurn(rate, key, { deadline: request.deadline, scope, span }, clock)
          return waiting ? waiting.then(() => next(request, client)) : next(request, client)
        })
    if (!wait) return enter
    return enter ? (next) => wait(enter(next)) : wait
  },
})

/** What a service counts by, of a request that is passed through: it has no colors, so all who differ by one are one. */
function documentOf({ parts }: RouteRequest): Document {
  const { identity } = parts
  const document: Document = { request: parts as unknown as Document['request'], steps: {} }
  if (!identity) return document
  return { ...document, claims: identity.claims, auth: identity.auth, [ownerOfClaims]: identity.owner }
}
