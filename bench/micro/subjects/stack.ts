import { bench, do_not_optimize, group, summary } from 'mitata'
import { createContext, insist, loadHome, openCalls } from '../home.ts'

/** One call through the whole onion, to a transport that answers at once: render, policies, headers, decoding. */
export async function addBenchmarks(): Promise<void> {
  const { route, callSites } = await loadHome()
  // The smallest body, so that parsing it does not hide the rest.
  const site = callSites.find(({ service }) => service.name === 'brands')!
  const bare = { ...site, policies: site.policies.filter(({ kind }) => kind.name === 'timeout'), fallbacks: [] }
  const begin = createContext(route)
  const [call, callBare] = openCalls([site, bare]) as [ReturnType<typeof openCalls>[0], ReturnType<typeof openCalls>[0]]
  for (const one of [call, callBare]) {
    const { status, source, error } = await one(begin())
    insist([status, source, error], [200, 'live', undefined])
  }
  group('policy stack', () => {
    summary(() => {
      bench('call with every policy', async () => do_not_optimize(await call(begin()))).baseline()
      bench('call with a timeout only', async () => do_not_optimize(await callBare(begin())))
    })
  })
}
