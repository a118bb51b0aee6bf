import { Admission } from '../backends/admission/admission.ts'
import { MemoryStore } from '../backends/stores/memory.ts'
import type { Clock } from '../clock.ts'
import { toGatewayError } from '../errors.ts'
import type { AggregatedRoute, RequestParts, Snapshot } from '../plan/snapshot.ts'
import type { Outcome } from '../run/outcome.ts'
import { makeConditional } from '../run/stages/conditional.ts'
import { ClientLimits } from '../server/limits/client-limits.ts'
import { type Reply, renderProblem, renderReply } from '../server/reply.ts'
import { answerFromCache } from '../server/route-cache.ts'
import { Router } from '../server/router.ts'
import type { Answered, Entrance, Front, RenderContext } from '../testing/front.ts'

const cacheBytes = 32 * 1024 * 1024

/** The server's own routing, limits, caching and rendering, for tests that run without a socket. */
export function createFront({ routes, version }: Snapshot): Front {
  const router = new Router(routes.map((route) => [route.match, route]))
  return {
    find(method, path) {
      const found = router.find(method, path)
      return found.kind === 'match' ? { route: found.target, params: found.params } : undefined
    },
    open: (route, clock) => openEntrance(route, version, clock),
    render(outcome, context) {
      const { status, headers, body } = renderOrFail(outcome, context)
      return { status, headers, body: body === undefined ? undefined : Buffer.from(body).toString() }
    },
  }
}

function openEntrance(route: AggregatedRoute, version: string, clock: Clock): Entrance {
  const { admission, caching } = route
  const limits = new ClientLimits(admission?.limits ?? [], new Admission(clock), ({ value }) => value)
  const store = new MemoryStore(cacheBytes, () => clock.epoch())
  const cache = { store, clock, metrics: { countRouteCache() {} } }

  async function answer(request: RequestParts, run: () => Promise<Outcome>): Promise<Answered> {
    const { headers, refusal } = await limits.take(request)
    if (refusal) return { outcome: { kind: 'failure', error: refusal, headers: {}, records: [] }, headers }
    if (!caching) return { outcome: await run(), headers }
    const outcome = await answerFromCache(cache, route, caching, version, request, run)
    return { outcome: makeConditional(outcome, caching, request), headers }
  }

  return {
    answer: (request, run) =>
      answer(request, run).catch((thrown: unknown) => ({
        outcome: { kind: 'failure', error: toGatewayError(thrown), headers: {}, records: [] },
        headers: [],
      })),
  }
}

function renderOrFail(outcome: Outcome, context: RenderContext): Reply {
  try {
    return renderReply(outcome, context)
  } catch (thrown) {
    return renderProblem(toGatewayError(thrown), context)
  }
}
