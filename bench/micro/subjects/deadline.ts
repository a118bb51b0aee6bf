import { bench, do_not_optimize, group, summary } from 'mitata'
import { type Layer, OngoingCall } from '../../../src/calls/layer.ts'
import type { PolicyParts } from '../../../src/calls/policy.ts'
import { systemClock } from '../../../src/clock.ts'
import { timeout } from '../../../src/operations/policies/timeout/timeout.ts'
import { createContext, loadHome } from '../home.ts'

const response = { status: 200, headers: {}, body: undefined, source: 'live', attempts: 1 } as const

/** What it costs to end a call in time: a scope and a timer of ours, or the signals of the platform. */
export async function addBenchmarks(): Promise<void> {
  const { route, callSites } = await loadHome()
  const site = callSites[0]!
  const begin = createContext(route)
  const request = site.render(begin().document)
  const answer: Layer = async () => response
  const limited = timeout.wrap(site.timeoutMs, { clock: systemClock, site } as unknown as PolicyParts)!(answer)
  const gone = new AbortController().signal

  /** As an HTTP client does with a signal: listens while the call is under way. */
  const sendWith = async (signal: AbortSignal) => {
    const abort = () => {}
    signal.addEventListener('abort', abort, { once: true })
    const answered = await answer(request, new OngoingCall(begin()))
    signal.removeEventListener('abort', abort)
    return answered
  }

  group('deadline', () => {
    summary(() => {
      bench('call without a deadline', async () => do_not_optimize(await answer(request, new OngoingCall(begin()))))
      bench('call with scope and timer', async () =>
        do_not_optimize(await limited(request, new OngoingCall(begin()))),
      ).baseline()
      bench('call with AbortSignal.timeout', async () =>
        do_not_optimize(await sendWith(AbortSignal.timeout(site.timeoutMs))),
      )
      bench('call with AbortSignal.any of it and the request', async () =>
        do_not_optimize(await sendWith(AbortSignal.any([gone, AbortSignal.timeout(site.timeoutMs)]))),
      )
    })
  })
}
