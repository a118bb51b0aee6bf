import { definePolicy, GatewayError, timeSpan, z } from 'tessera'

export const quota = definePolicy({
  name: 'quota',
  on: ['service', 'operation'],
  outside: 'limit',
  shape: z
    .strictObject({
      calls: z.int().min(1).describe('As many at most.'),
      every: timeSpan.default(86_400_000).describe('In such a time.'),
    })
    .meta({ description: 'So many calls in a time, of an API that is paid by the call.' }),
  off: true,
  example: 'quota: { calls: 1000, every: 24h }',
  shared: {
    key: (quota, { service, operation }) => [service.name, operation, quota],
    open: ({ calls, every }, { clock }) => ({ left: calls, until: clock.now() + every }),
  },
  wrap({ calls, every }, { clock, state, events }) {
    const count = state!
    return (next) => (request, call) => {
      const now = clock.now()
      if (now >= count.until) Object.assign(count, { left: calls, until: now + every })
      if (count.left === 0) {
        events.emit(call.context.span, 'refused')
        return Promise.reject(new GatewayError('quota-spent', { status: 503 }))
      }
      count.left -= 1
      return next(request, call)
    }
  },
  events: { help: 'Calls that a quota refused', label: 'result', values: ['refused'] },
  caption: ({ calls, every }) => `${calls} calls in ${every / 1000} s`,
})
