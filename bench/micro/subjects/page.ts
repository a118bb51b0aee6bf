import { bench, do_not_optimize, group } from 'mitata'
import { Admission } from '../../../src/admission/admission.ts'
import { Scope } from '../../../src/cancellation.ts'
import { systemClock } from '../../../src/clock.ts'
import { SharedSchemes } from '../../../src/identity/open-scheme.ts'
import { executeSteps } from '../../../src/run/execute.ts'
import type { Outcome } from '../../../src/run/outcome.ts'
import { openPipeline } from '../../../src/run/pipeline.ts'
import { RouteRequest } from '../../../src/run/route-request.ts'
import type { Client } from '../../../src/run/stage.ts'
import { MemoryStore } from '../../../src/stores/memory.ts'
import { describePage } from '../../scenarios/home/data.ts'
import { fillDocument, insist, loadHome, openCalls, propagation, request, startSpan } from '../home.ts'

/** A whole request of the engine, from its parts to the bytes of its answer: five calls, no network, no HTTP. */
export async function addBenchmarks(): Promise<void> {
  const { route, callSites } = await loadHome()
  const calls = openCalls(callSites)
  const end = executeSteps(route, { clock: systemClock, calls: () => calls, stepEnded: () => {} })
  const stages = {
    clock: systemClock,
    admission: new Admission(systemClock),
    schemes: new SharedSchemes(systemClock),
    store: new MemoryStore(1024, () => systemClock.epoch()),
    metrics: { countRouteCache() {} },
  }
  const pipeline = openPipeline(route, stages, end)
  const answer = () => {
    const arrived = new RouteRequest(route, { ...request }, systemClock, systemClock.now() + route.timeoutMs)
    const client: Client = {
      scope: new Scope(),
      span: startSpan(),
      propagation: () => propagation,
      addHeaders: () => {},
      target: '/',
      hasBody: false,
      receiveBody: () => Promise.reject(new Error('there is none')),
      whenGone: () => {},
      passOn: () => {},
    }
    return new Promise<Outcome>((resolve) => pipeline.answer(arrived, client, resolve))
  }
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
