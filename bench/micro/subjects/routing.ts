import { bench, do_not_optimize, group } from 'mitata'
import { parseMatch, type RouteMatch } from '../../../src/routes/match.ts'
import { Router } from '../../../src/server/requests/router.ts'
import { insist } from '../home.ts'

const sizes = [10, 1_000, 10_000]

/** Finding a route by method and path among ever more of them, which should cost no more. */
export function addBenchmarks(): void {
  group('routing', () => {
    for (const size of sizes) {
      const router = new Router(Array.from({ length: size }, (_, index) => [matchOf(index), index] as const))
      const last = size - 1
      const literal = `/area-${last % 100}/page-${last}`
      const parameter = `/area-${(last - 1) % 100}/shop-${last - 1}/hangzhou`
      insist(router.find('GET', literal), { kind: 'match', target: last, params: {} })
      insist(router.find('GET', parameter), { kind: 'match', target: last - 1, params: { city: 'hangzhou' } })
      bench(`route of ${size}, literal`, () => do_not_optimize(router.find('GET', literal)))
      bench(`route of ${size}, parameter`, () => do_not_optimize(router.find('GET', parameter)))
    }
  })
}

/** Every other route has a parameter. */
function matchOf(index: number): RouteMatch {
  const area = `GET /area-${index % 100}`
  const match = parseMatch(index % 2 === 0 ? `${area}/shop-${index}/{city}` : `${area}/page-${index}`, false)
  if (typeof match === 'string') throw new Error(match)
  return match
}
