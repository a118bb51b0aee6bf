import { readFile } from 'node:fs/promises'
import type { RegistryClient } from '../../transports/registry-client.ts'
import { RegistryError } from '../../transports/registry-client.ts'
import type { DiscoveryKind, Search } from './discovery.ts'
import { type EndpointSlice, readSlices } from './endpoint-slices.ts'

export interface KubernetesSettings {
  readonly service: string
  /** Undefined: the gateway's own. */
  readonly namespace: string | undefined
  /** Name or number of one of the service's ports; undefined: the only one. */
  readonly port: string | number | undefined
  readonly scheme: 'http' | 'https'
  readonly address: string
  /** Undefined: none is sent. Both files are read again with every list and watch, since they are rotated. */
  readonly tokenFile: string | undefined
  readonly caFile: string | undefined
  readonly namespaceFile: string
}

const timeoutMs = 10_000
/** The API server ends a watch after this time; bookmarks come about once a minute. */
const watchSeconds = 240
const silenceMs = 300_000

interface SliceList {
  readonly metadata?: { readonly resourceVersion?: unknown }
  readonly items?: readonly EndpointSlice[]
}

interface WatchEvent {
  readonly type?: unknown
  readonly object?: EndpointSlice & { readonly code?: unknown }
}

/** What a service's EndpointSlices say, listed once and watched. */
export const kubernetes: DiscoveryKind<KubernetesSettings> = {
  name: 'kubernetes',
  summary: 'The ready addresses of a service’s EndpointSlices, listed and watched',
  describe: ({ service, namespace }) => (namespace === undefined ? service : `${namespace}/${service}`),
  async follow(settings, search) {
    const path = await pathOf(settings)
    const list = await request(settings, search, (client, headers) => client.ask({ path, headers, timeoutMs }))
    const { metadata, items = [] } = (list.body ?? {}) as SliceList
    const slices = new Map(items.map((slice) => [nameOf(slice), slice]))
    search.found(readSlices(slices.values(), settings))
    let version: string | undefined = String(metadata?.resourceVersion ?? '')
    while (version !== undefined && !search.signal.aborted)
      version = await watch(settings, search, path, version, slices)
  },
}

/** Watches until the server ends it; gives the version to go on from, undefined when all has to be listed again. */
async function watch(
  settings: KubernetesSettings,
  search: Search,
  path: string,
  from: string,
  slices: Map<string, EndpointSlice>,
): Promise<string | undefined> {
  let version = from
  const query = `&watch=1&allowWatchBookmarks=true&timeoutSeconds=${watchSeconds}&resourceVersion=`
  try {
    return await request(settings, search, async (client, headers) => {
      const watched = { path: path + query + encodeURIComponent(from), headers, timeoutMs: silenceMs }
      for await (const line of client.watch(watched)) {
        const { type, object = {} } = line as WatchEvent
        // 410 Gone: the version is too old. Whatever else it is, listing again mends it.
        if (type === 'ERROR') return undefined
        version = String(object.metadata?.resourceVersion ?? version)
        if (type === 'BOOKMARK') continue
        if (type === 'DELETED') slices.delete(nameOf(object))
        else slices.set(nameOf(object), object)
        search.found(readSlices(slices.values(), settings))
      }
      return version
    })
  } catch (thrown) {
    if (thrown instanceof RegistryError && thrown.status === 410) return undefined
    throw thrown
  }
}

async function request<Result>(
  { address, tokenFile, caFile }: KubernetesSettings,
  search: Search,
  send: (client: RegistryClient, headers: { authorization: string | undefined }) => Promise<Result>,
): Promise<Result> {
  const token = tokenFile === undefined ? undefined : (await readFile(tokenFile, 'utf8')).trim()
  const ca = caFile === undefined ? undefined : await readFile(caFile, 'utf8')
  const client = search.connect({ address, ca })
  try {
    return await send(client, { authorization: token === undefined ? undefined : `Bearer ${token}` })
  } finally {
    void client.close()
  }
}

async function pathOf({ service, namespace, namespaceFile }: KubernetesSettings): Promise<string> {
  const own = namespace ?? (await readFile(namespaceFile, 'utf8').catch(() => 'default')).trim()
  const selector = encodeURIComponent(`kubernetes.io/service-name=${service}`)
  return `/apis/discovery.k8s.io/v1/namespaces/${encodeURIComponent(own)}/endpointslices?labelSelector=${selector}`
}

function nameOf({ metadata }: EndpointSlice): string {
  return String(metadata?.name)
}
