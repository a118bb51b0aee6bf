import { bench, do_not_optimize, group } from 'mitata'
import { Scope } from '../../../src/cancellation.ts'
import { systemClock } from '../../../src/clock.ts'
import { execute } from '../../../src/run/execute.ts'
import { describePage } from '../../scenarios/home/data.ts'
import { fillDocument, insist, loadHome, openCalls, propagation, request, startSpan } from '../home.ts'

/** A whole request of the engine, from its parts to the bytes of its answer: five calls, no network, no HTTP. */
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
  insist(outcome.kind === 'answer' && parsePage(outcome.body), describePage())

  const document = await fillDocument(route, callSites)
  const printAnswer = () => {
    const { body } = route.fillResponse!(document)
    return body instanceof Uint8Array ? body : JSON.stringify(body)
  }
  insist(parsePage(printAnswer()), describePage())
  group('page', () => {
    bench('page of five calls', async () => do_not_optimize(await answer()))
    bench('answer of the page, filled and printed', () => do_not_optimize(printAnswer()))
  })
}

/** Text or bytes, as the engine gives it. */
function parsePage(body: unknown): unknown {
  return JSON.parse(Buffer.from(body as string).toString())
}
