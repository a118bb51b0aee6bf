import * as z from 'zod'
import { definePolicy } from '../../../calls/policy.ts'
import { misfitOfUnsafe } from '../unsafe.ts'
import { keyOfFlights } from './key.ts'
import { closeTo, type Flights, singleflight } from './singleflight.ts'

export interface CoalescePolicy {
  /** Nobody declared it: it holds because a cache does. */
  readonly isImplied: boolean
}

/** Makes equal calls in flight once. */
export const coalesce = definePolicy({
  name: 'coalesce',
  on: ['service', 'operation', 'step'],
  shape: z
    .boolean()
    .transform((joins): CoalescePolicy | false => joins && { isImplied: false })
    .meta({
      description:
        'Makes equal calls in flight once; only of GET and HEAD. Where there is a cache, that is the default.',
    }),
  notes: 'An answer that is `private` or `no-store`, or that sets a cookie, is not shared.',
  example: 'coalesce: true',
  bind: (joins) => joins || undefined,
  misfit: (_policy, operation) => misfitOfUnsafe(operation),
  givesEarlierAnswers: true,
  impliedBy: { name: 'cache', config: { isImplied: true } },
  answerUse: () => ({ sharesAnswers: true }),
  shared: {
    key: (_policy, site) => keyOfFlights(site),
    open(_policy, { onChange }): Flights {
      const flights: Flights = new Map()
      onChange((uri) => closeTo(flights, uri))
      return flights
    },
  },
  wrap: (_policy, parts) => singleflight(parts, parts.state),
  events: { name: 'coalesced', help: 'Calls that shared the response of an identical call in flight' },
  caption: () => 'equal calls in flight are made once',
  drawing: ({ isImplied }) => (isImplied ? undefined : 'equal calls made once'),
})
