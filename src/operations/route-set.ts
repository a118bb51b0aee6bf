import * as z from 'zod'
import { headersShape } from '../binding/headers.ts'
import { count, duration, size, timeSpan } from '../binding/scalars.ts'
import { compressShape } from '../browsers/coding/compress-shape.ts'
import { corsShape } from '../browsers/cors-shape.ts'
import { originShape } from '../browsers/origin.ts'
import { accessSetKeys } from './access-set.ts'
import { bulkheadShape, clientLimitShape, priorityShape } from './admission.ts'

/** The same, or `false`: what is said farther away does not hold. */
function orOff<Shape extends z.ZodType>(shape: Shape) {
  const { description } = z.globalRegistry.get(shape) ?? {}
  return z.union([z.literal(false), shape]).meta({ description: `${description} \`false\`: not here.` })
}

/** What can be said of a route, and once of many: of aggregated routes and of those that pass requests through. */
const ofAny = {
  timeout: timeSpan.describe('Budget of the whole request.'),
  maxRequestBody: size.describe(
    'Of one request of a client, in place of `defaults.maxRequestBody`; larger ones are refused with 413.',
  ),
  priority: priorityShape,
  limit: orOff(clientLimitShape),
  bulkhead: orOff(bulkheadShape),
  cors: orOff(corsShape.describe('Whose pages may read its answers, in place of the gateway’s `cors`.')),
  compress: orOff(
    compressShape.describe(
      'How its answers are compressed, in place of the gateway’s `compress`; those to somebody whom a cookie or a password names as well: what stands in them beside what a stranger can choose may be told by their lengths.',
    ),
  ),
  headers: headersShape.describe(
    'Header: a constant that every answer carries, refusals and what a service answers too. `response.headers` is nearer.',
  ),
}

/** The same of aggregated routes alone. */
const ofAggregated = {
  maxCalls: count.describe(
    'Calls that its steps may start for one request, answers from caches included; one more ends it.',
  ),
  maxWork: count.describe(
    'Elements, members, comparisons and KB of text that its templates may go through for one request.',
  ),
  origin: orOff(
    z
      .array(originShape)
      .min(1)
      .describe('Sites whose pages may send requests here, beside its own; those of others are refused with 403.'),
  ),
  degradedMaxAge: orOff(
    duration.describe('How long an answer may be cached in which something fell back; not at all by default.'),
  ),
  etag: z
    .boolean()
    .describe('Whether answers carry an `ETag`, and a client that has one already gets a 304; not by default.'),
  cache: orOff(
    z
      .strictObject({
        ttl: timeSpan.describe('How long an answer is kept.'),
        public: z
          .boolean()
          .default(false)
          .describe('Whether other caches may share what only who is asked for may see; not where claims are read.'),
      })
      .describe('Keeps whole answers for requests that are alike in all that the route reads of them.'),
  ),
}

/** The keys that a route, a preset and `defaults.route` have in common. */
export const routeKeys = z.object({ ...ofAny, ...ofAggregated }).partial().shape

/** `route:` of a preset, and of `defaults`. */
export const routeSetShape = z
  .strictObject(routeKeys)
  .meta({ description: 'What holds for routes, and headers of their answers.' })

/** `route:` of a preset. */
export const routePresetShape = routeSetShape.extend(accessSetKeys).meta({
  description:
    'What holds for routes, headers of their answers, and what who asks needs beside what a route says itself.',
})

export type RouteSet = z.output<typeof routePresetShape>
export type RouteKey = keyof typeof routeKeys

export const routeSetKeys = Object.keys(routeKeys) as readonly RouteKey[]

const ofTriggered: readonly RouteKey[] = ['maxCalls', 'maxWork', 'priority']

/** Whether a key can hold for a route that a trigger begins. */
export function holdsForTrigger(key: RouteKey): boolean {
  return ofTriggered.includes(key)
}

/** Whether a key can hold for a route that passes requests through: it answers what the service answers. */
export function holdsForProxy(key: RouteKey): boolean {
  return Object.hasOwn(ofAny, key)
}
