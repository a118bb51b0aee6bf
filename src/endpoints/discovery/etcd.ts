import type { DiscoveryKind, Search } from './discovery.ts'
import { readEntries } from './endpoint-entry.ts'
import { EtcdClient, type EtcdSettings } from './etcd-client.ts'

export interface EtcdDiscoverySettings extends EtcdSettings {
  readonly prefix: string
}

/** One thing that happened below a prefix. */
interface Change {
  /** Absent: PUT, which is the first of the enumeration. */
  readonly type?: unknown
  readonly kv?: { readonly key?: unknown; readonly value?: unknown }
}

/** The keys below a prefix: each value is a URL, or JSON `{ url, weight, zone }`. Read once, then watched. */
export const etcd: DiscoveryKind<EtcdDiscoverySettings> = {
  name: 'etcd',
  summary: 'The values of the keys below a prefix in etcd v3, watched: URLs, or JSON `{ url, weight, zone }`',
  describe: ({ prefix, address }) => `${prefix} at ${address}`,
  async follow(settings, search) {
    const connection = search.connect({ address: settings.address })
    const etcd = new EtcdClient(connection, settings)
    try {
      const { pairs, revision } = await etcd.range(settings.prefix)
      tell(search, pairs, revision)
      // Ends when etcd has forgotten the revision (compaction), when the stream ends or is silent: all is read again.
      for await (const { changes, revision: latest } of etcd.watch(settings.prefix, revision + 1)) {
        for (const change of changes as readonly Change[]) apply(change, pairs)
        tell(search, pairs, latest)
      }
    } finally {
      await connection.close()
    }
  },
}

function apply({ type, kv }: Change, pairs: Map<string, string>): void {
  if (typeof kv?.key !== 'string') return
  if (type === 'DELETE') pairs.delete(kv.key)
  else pairs.set(kv.key, typeof kv.value === 'string' ? kv.value : '')
}

function tell(search: Search, pairs: ReadonlyMap<string, string>, revision: number): void {
  const entries = [...pairs].sort().map(([key, encoded]) => {
    const text = decode(encoded).trim()
    return [decode(key), text.startsWith('{') ? parse(text) : text] as const
  })
  const { endpoints, passedOver } = readEntries(entries)
  search.found(endpoints, revision, passedOver)
}

function decode(encoded: string): string {
  return Buffer.from(encoded, 'base64').toString('utf8')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
