import { toGatewayError } from '../errors.ts'
import type { Snapshot } from '../plan/snapshot.ts'
import type { Outcome } from '../run/outcome.ts'
import { type Reply, renderProblem, renderReply } from '../server/reply.ts'
import { Router } from '../server/router.ts'
import type { Front, RenderContext } from '../testing/front.ts'

/** The server's own routing and rendering, for tests that run without a socket. */
export function createFront({ routes }: Snapshot): Front {
  const router = new Router(routes.map((route) => [route.match, route]))
  return {
    find(method, path) {
      const found = router.find(method, path)
      return found.kind === 'match' ? { route: found.target, params: found.params } : undefined
    },
    render(outcome, context) {
      const { status, headers, body } = renderOrFail(outcome, context)
      return { status, headers, body: body === undefined ? undefined : Buffer.from(body).toString() }
    },
  }
}

function renderOrFail(outcome: Outcome, context: RenderContext): Reply {
  try {
    return renderReply(outcome, context)
  } catch (thrown) {
    return renderProblem(toGatewayError(thrown), context)
  }
}
