import { bench, do_not_optimize, group, summary } from 'mitata'
import { type Layer, OngoingCall } from '../../../src/calls/layer.ts'
import type { PolicyParts } from '../../../src/calls/policy.ts'
import { configOf } from '../../../src/calls/site-policies.ts'
import { systemClock } from '../../../src/clock.ts'
import { GatewayError } from '../../../src/errors.ts'
import { breaker } from '../../../src/operations/policies/breaker/breaker.ts'
import { Circuit } from '../../../src/operations/policies/breaker/circuit.ts'
import { createContext, insist, loadHome } from '../home.ts'

const response = { status: 200, headers: {}, body: undefined, source: 'live', attempts: 1 } as const
const answer: Layer = async () => response
const fail: Layer = async (_request, call) => {
  call.attempts++
  throw new GatewayError('unavailable')
}

/** A healthy call through a circuit breaker, and one that an open breaker refuses. */
export async function addBenchmarks(): Promise<void> {
  const { route, callSites } = await loadHome()
  const site = callSites[0]!
  const begin = createContext(route)
  const request = site.render(begin().document)
  const context = begin()
  const policy = configOf(site, breaker)!
  const guard = (next: Layer) => {
    const circuit = new Circuit(policy, systemClock, () => {})
    const layer = breaker.wrap(policy, { site, state: circuit } as unknown as PolicyParts<Circuit>)!
    return { circuit, send: layer(next) }
  }
  const healthy = guard(answer)
  const broken = guard(fail)
  const refuse = () => broken.send(request, new OngoingCall(context)).catch((error: GatewayError) => error.code)
  for (let calls = 0; calls < policy.minCalls; calls++) await refuse()
  insist([healthy.circuit.state, broken.circuit.state, await refuse()], ['closed', 'open', 'circuit-open'])

  group('breaker', () => {
    summary(() => {
      bench('call without a breaker', async () =>
        do_not_optimize(await answer(request, new OngoingCall(context))),
      ).baseline()
      bench('call through a closed breaker', async () =>
        do_not_optimize(await healthy.send(request, new OngoingCall(context))),
      )
      // It is closed again after its rest, for one failing probe: that is rare enough not to show.
      bench('call refused by an open breaker', async () => do_not_optimize(await refuse()))
    })
  })
}
