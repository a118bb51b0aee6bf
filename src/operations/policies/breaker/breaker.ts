import type { OngoingCall } from '../../../calls/layer.ts'
import { definePolicy, type PolicyParts } from '../../../calls/policy.ts'
import { GatewayError } from '../../../errors.ts'
import { printDuration } from '../../../expressions/units.ts'
import { Circuit, type CircuitState } from './circuit.ts'
import { breakerShape } from './shape.ts'

const gaugeValues: Record<CircuitState, number> = { closed: 0, 'half-open': 1, open: 2 }

/** Refuses calls with `circuit-open` while the backend rests; `verdict.ts` says what counts as its failure. */
export const breaker = definePolicy({
  name: 'breaker',
  on: ['service', 'operation', 'step'],
  shape: breakerShape,
  notes: 'While it is open a call fails with `circuit-open` and no backend is asked.',
  example: 'breaker: { errorRate: 50%, window: 10s, minCalls: 20, open: 5s }',
  shared: {
    key: (policy, { service, operation }) => [service.name, operation, policy],
    open(policy, { clock, gauge, tell }) {
      let wasTold: CircuitState = 'closed'
      return new Circuit(policy, clock, (state) => {
        gauge(gaugeValues[state])
        // It is open until a probe succeeds, whatever those before it came to.
        if (state === 'half-open' || state === wasTold) return
        wasTold = state
        if (state === 'open') tell('warn', 'a circuit breaker opened after too many failures')
        else tell('info', 'a circuit breaker closed')
      })
    },
    close: (circuit) => circuit.shutdown(),
  },
  wrap(_policy, parts) {
    const circuit = parts.state!
    return (next) => (request, call) =>
      circuit.isRefusing ? refuse(circuit, call, parts) : circuit.run(next, request, call)
  },
  /** That one behind the queue asks again, and lets only one of those through that waited while it was half open. */
  ahead(_policy, parts) {
    const circuit = parts.state!
    return (next) => (request, call) => (circuit.isRefusing ? refuse(circuit, call, parts) : next(request, call))
  },
  gauge: { name: 'state', help: 'State of circuit breakers: 0 closed, 1 half-open, 2 open' },
  caption({ errorRate, minCalls, windowMs, openMs }) {
    return `opens at ${errorRate * 100}% of ${minCalls} calls in ${printDuration(windowMs)}, for ${printDuration(openMs)}`
  },
})

function refuse(circuit: Circuit, { context: { span } }: OngoingCall, { site }: PolicyParts<Circuit>): Promise<never> {
  if (span.sampled) span.event('tessera.breaker', { state: circuit.state })
  return Promise.reject(new GatewayError('circuit-open', { step: site.step, retryAfter: circuit.retryAfterSeconds }))
}
