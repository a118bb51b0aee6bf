import type { Notes } from '../draft.ts'
import type { ServiceDrafts } from '../services.ts'
import { printDuration } from '../template.ts'
import { cleanHosts } from './call.ts'
import type { Backend, Endpoint } from './config.ts'
import type { MatchPath } from './path.ts'
import { listGuards } from './unknowns.ts'

/** An endpoint whose answer goes through as it is (`no-op`); undefined, with a note, when ours could not do the same. */
export function convertPassthrough(
  endpoint: Endpoint,
  backends: readonly Backend[],
  { match }: MatchPath,
  services: ServiceDrafts,
  notes: Notes,
): Readonly<Record<string, unknown>> | undefined {
  const backend = backends[0]!
  const hosts = cleanHosts(backend)
  const prefix = prefixOf(backend.urlPattern, endpoint.path)
  const reason = whyNot(endpoint, backends, prefix, hosts)
  if (reason !== undefined) notes.add(`${backend.at}.url_pattern`, `the endpoint is not imported: ${reason}`)
  const guards = listGuards(endpoint)
  for (const guard of guards) {
    notes.add(guard, 'the endpoint is not imported: nothing here checks this, and its backend would be open')
  }
  if (reason !== undefined || guards.length > 0 || prefix === undefined || hosts === undefined) return undefined
  notes.add(
    `${endpoint.at}.output_encoding`,
    '`no-op`: every header and query parameter is passed on, not only those that are listed',
  )
  const service = services.at(hosts.map((host) => host + prefix))
  return { match, timeout: printDuration(endpoint.timeoutMs), proxy: service.name }
}

/** What stands before the endpoint's own path in the backend's. */
function prefixOf(urlPattern: string, path: string): string | undefined {
  const prefix = urlPattern.endsWith(path) ? urlPattern.slice(0, -path.length) : undefined
  return prefix?.includes('{') ? undefined : prefix
}

function whyNot(
  endpoint: Endpoint,
  backends: readonly Backend[],
  prefix: string | undefined,
  hosts: readonly string[] | undefined,
): string | undefined {
  if (backends.length > 1) return '`no-op` takes one backend'
  if (backends[0]!.method !== endpoint.method) return 'what is passed through keeps its method'
  if (prefix === undefined) return 'what is passed through keeps its path; only a prefix can be added'
  return hosts ? undefined : 'a host is no URL'
}
