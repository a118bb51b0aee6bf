import type { Gateway } from '../scene/gateway.ts'

/** A metric, what its labels have to hold, and in a few words what it counts. */
const features = [
  ['calls made', 'http_client_request_duration_seconds_count', ''],
  ['from the cache', 'tessera_cache_total', 'result="hit"'],
  ['stale', 'tessera_cache_total', 'result="stale"'],
  ['stale in place of a failure', 'tessera_cache_total', 'result="stale-if-error"'],
  ['coalesced', 'tessera_coalesced_total', ''],
  ['last good', 'tessera_fallback_total', 'source="stale"'],
  ['hedged and won', 'tessera_hedge_total', 'result="won"'],
  ['hedged and lost', 'tessera_hedge_total', 'result="lost"'],
  ['whole answers from the cache', 'tessera_route_cache_total', 'result="hit"'],
  ['to the old version', 'tessera_version_total', 'version="old"'],
  ['to the new version', 'tessera_version_total', 'version="new"'],
] as const

/** How often each of what keeps, shares, repeats or stands in for answers did so. */
export async function readFeatures({ adminUrl }: Gateway): Promise<ReadonlyMap<string, number>> {
  const lines = (await (await fetch(`${adminUrl}/metrics`)).text()).split('\n')
  return new Map(
    features.map(([feature, metric, label]) => {
      const counted = lines.filter((line) => line.startsWith(`${metric}{`) && line.includes(label))
      return [feature, counted.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)]
    }),
  )
}
