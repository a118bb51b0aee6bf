import type { LayerResponse, Policy } from '../../../calls/layer.ts'
import { definePolicy, type PolicyParts } from '../../../calls/policy.ts'
import { bindFollow, type FollowPolicy } from './bind.ts'
import { Redirects } from './redirects.ts'
import { followShape } from './shape.ts'

/** Goes on where redirects lead, each a request of its own inside the attempt's timeout. */
export const follow = definePolicy({
  name: 'follow',
  on: ['service', 'operation', 'step'],
  shape: followShape,
  off: true,
  notes:
    'Each redirect is a request of its own, inside the timeout of the attempt, and counts in `maxCalls`. 303, and 301 and 302 of a POST, become a GET; what would be sent again as it was (307, 308 and the rest) is, where it may be repeated, else the answer stays the failure that it is. Beyond the service itself only the origins of `to` are gone to, without credentials: `authorization`, `cookie`, `x-api-key` and the like, headers with a secret color. One too many, or elsewhere, from https to http too, is `invalid-response`.',
  example: 'follow: { max: 3, to: [https://files.example.com] }',
  bind: bindFollow,
  answerUse: () => ({ followsRedirects: true }),
  wrap: followRedirects,
  events: { name: 'redirects', help: 'Redirects by result', label: 'result', values: ['followed', 'refused'] },
  caption: describeFollow,
  leadsTo: ({ to }) =>
    [...to].map(([origin, target]) => ({ target, name: origin, as: 'redirects', credentials: false })),
  requests: ({ max }, inner) => inner * (max + 1),
})

function describeFollow({ max, to }: FollowPolicy): string {
  const others = to.size > 0 ? `, also to ${[...to.keys()].join(', ')}` : ''
  return `${max === 1 ? 'one redirect' : `${max} redirects`} of an attempt${others}`
}

function followRedirects(policy: FollowPolicy, parts: PolicyParts): Policy {
  const { isSuccess } = parts.site
  return (next) => {
    const redirects = new Redirects(policy, parts, next)
    return (request, call) =>
      next(request, call).then((response): LayerResponse | Promise<LayerResponse> =>
        // Any other that is no success has failed, but for a 304 that the cache asked for.
        isSuccess(response.status) || response.status === 304 ? response : redirects.goOn(request, call, response),
      )
  }
}
