import { defineStage } from '../stage.ts'
import { takeSlot } from './slot.ts'

/** Lets so many requests of a route in at once; the others wait for a place, or are answered 503. */
export const bulkhead = defineStage({
  name: 'bulkhead',
  on: ['route', 'proxy'],
  open({ name, admission: declared }, { clock, admission, hold }) {
    if (!declared?.bulkhead) return undefined
    const { policy, clientOf } = declared.bulkhead
    return takeSlot(admission.openBulkhead({ scope: 'route', name, policy }, hold), clock, {
      clientOf: ({ parts }) => clientOf(parts),
      tookMs: ({ isServed }, stayedMs) => (isServed ? stayedMs : undefined),
    })
  },
})
