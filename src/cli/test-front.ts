import type { Snapshot } from '../plan/snapshot.ts'
import { Router } from '../server/requests/router.ts'
import type { Front } from '../testing/front.ts'

/** The server's own routing, for tests that run without a socket. */
export function createFront({ routes }: Snapshot): Front {
  const router = new Router(routes.map((route) => [route.match, route]))
  return {
    find(method, path) {
      const found = router.find(method, path)
      return found.kind === 'match' ? { route: found.target, params: found.params } : undefined
    },
  }
}
