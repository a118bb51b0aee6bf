import * as z from 'zod'
import { share, timeSpan } from '../binding/scalars.ts'
import { clientLimitShape } from '../operations/admission.ts'

/** Parts of a request that are there whatever its route is. */
const anyRequest = /^request\.(ip|method|(headers|query|cookies)\..+)$/

/** `limit:` of the gateway's file. */
export const gatewayLimitShape = clientLimitShape.superRefine(({ by, plans }, context) => {
  if (plans) {
    const message = 'it counts before anybody is asked who he is'
    context.addIssue({ code: 'custom', path: ['rate'], message, params: { help: 'say it of `defaults.route`' } })
  }
  const wrong = by.find((text) => !anyRequest.test(text))
  if (wrong === undefined) return
  const help = 'request.ip, request.method, request.headers.x, request.query.x or request.cookies.x'
  const message = `\`${wrong}\` is not there for every request`
  context.addIssue({ code: 'custom', path: ['by'], message, params: { help } })
})

const defaults = { loopDelay: 50, heap: 0.9 }

/** When the process itself is overloaded. */
export interface OverloadPolicy {
  readonly loopDelayMs: number
  /** 0..1 of what V8 may use. */
  readonly heap: number
}

/** `overload:` of the gateway's file. */
export const overloadShape = z
  .union([
    z.literal(false),
    z.strictObject({
      loopDelay: timeSpan
        .default(defaults.loopDelay)
        .describe('How long requests may wait for their turn while there are too many.'),
      heap: share.default(defaults.heap).describe('Share of the heap that V8 may use from which on it sheds.'),
    }),
  ])
  .prefault({})
  .transform((overload): OverloadPolicy | undefined =>
    overload === false ? undefined : { loopDelayMs: overload.loopDelay, heap: overload.heap },
  )
  .describe(
    'When the process has more to do than it can, requests are shed before they are read, lowest class first. `false`: never.',
  )
