import { bench, do_not_optimize, group } from 'mitata'
import { Scope } from '../../../src/cancellation.ts'
import { systemClock } from '../../../src/clock.ts'
import { execute } from '../../../src/run/execute.ts'
import { describePage } from '../../scenarios/home/data.ts'
import { insist, loadHome, openCalls, propagation, request, startSpan } from '../home.ts'

/** A whole request of the engine, from its parts to the text of its answer: five calls, no network, no HTTP. */
export async function addBenchmarks(): Promise<void> {
  const { route, callSites } = await loadHome()
  const calls = openCalls(callSites)
  const answer = () =>
    execute({
      route,
      request,
      calls,
      clock: systemClock,
      scope: new Scope(),
      span: startSpan(),
      propagation,
      budgetMs: undefined,
      stepEnded: () => {},
    })
  const outcome = await answer()
  insist(outcome.kind === 'answer' && JSON.parse(Buffer.from(outcome.body as string).toString()), describePage())
  group('page', () => {
    bench('page of five calls', async () => do_not_optimize(await answer()))
  })
}
