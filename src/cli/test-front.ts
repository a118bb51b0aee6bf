import type { Snapshot } from '../plan/snapshot.ts'
import { everyMatch } from '../routes/match.ts'
import { Router } from '../server/requests/router.ts'
import type { Front } from '../testing/front.ts'

/** The server's own routing, for tests that run without a socket. */
export function createFront({ routes }: Snapshot): Front {
  const router = new Router(routes.flatMap((route) => everyMatch(route.match).map((match) => [match, route] as const)))
  return {
    find(method, path) {
      const found = router.find(method, path)
      return found.kind === 'match' ? { route: found.target, params: found.params } : undefined
    },
  }
}
