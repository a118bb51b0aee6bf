import { bench, do_not_optimize, group, summary } from 'mitata'
import { type Layer, OngoingCall } from '../../../src/backends/layer.ts'
import { Breaker, breaker } from '../../../src/backends/policies/breaker.ts'
import { systemClock } from '../../../src/clock.ts'
import { GatewayError } from '../../../src/errors.ts'
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
  const guard = (next: Layer) => {
    const circuit = new Breaker(site.breaker!, systemClock, () => {})
    return { circuit, send: breaker(site, { breaker: circuit })(next) }
  }
  const healthy = guard(answer)
  const broken = guard(fail)
  const refuse = () => broken.send(request, new OngoingCall(context)).catch((error: GatewayError) => error.code)
  for (let calls = 0; calls < site.breaker!.minCalls; calls++) await refuse()
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
