import type { EndpointTarget } from '../endpoint-target.ts'
import type { DiscoveryKind, Search } from './discovery.ts'

export interface DnsSettings {
  readonly name: string
  readonly type: 'A' | 'SRV'
  /** Of every address; SRV records tell it themselves. */
  readonly port: number | undefined
  readonly scheme: 'http' | 'https'
  /** The longest that an answer is believed; a shorter time to live holds. */
  readonly everyMs: number
}

/** Some servers give a time to live of 0: a name is not asked for more often than this. */
const soonestMs = 1000

interface Answer {
  readonly endpoints: readonly EndpointTarget[]
  /** Seconds. */
  readonly ttl: number
}

/** The records of a name, asked again when their time to live is over. */
export const dns: DiscoveryKind<DnsSettings> = {
  name: 'dns',
  summary: 'The A or SRV records of a name, looked up again when their time to live is over',
  describe: ({ name, type }) => `${type} ${name}`,
  async follow(settings, search) {
    while (!search.signal.aborted) {
      const { endpoints, ttl } =
        settings.type === 'A' ? await findAddresses(settings, search) : await findServices(settings, search)
      search.found(endpoints)
      await search.pause(Math.min(settings.everyMs, Math.max(soonestMs, ttl * 1000)))
    }
  },
}

/** Every address is an endpoint; the name stays the one that Host and certificate are about. */
async function findAddresses({ name, port, scheme }: DnsSettings, { nameServers }: Search): Promise<Answer> {
  const records = await nameServers.addresses(name)
  const url = port === undefined ? `${scheme}://${name}` : `${scheme}://${name}:${port}`
  return {
    endpoints: records.map(({ address }) => ({ url, address, weight: 1, zone: undefined })).sort(byAddress),
    ttl: shortest(records),
  }
}

/**
 * Of several priorities only the first is used (RFC 2782): the others stand in for it when it is withdrawn. Both kinds
 * of records have a time to live of their own, and the shorter one holds.
 */
async function findServices({ name, scheme }: DnsSettings, { nameServers }: Search): Promise<Answer> {
  const records = await nameServers.services(name)
  const first = Math.min(...records.map(({ priority }) => priority))
  const found = await Promise.all(
    records
      .filter(({ priority }) => priority === first)
      .map(async (record) => ({ record, addresses: await nameServers.addresses(record.name) })),
  )
  return {
    endpoints: found
      .flatMap(({ record, addresses }) =>
        addresses.map(({ address }) => ({
          url: `${scheme}://${record.name}:${record.port}`,
          address,
          weight: Math.max(1, record.weight),
          zone: undefined,
        })),
      )
      .sort(byAddress),
    ttl: shortest([...records, ...found.flatMap(({ addresses }) => addresses)]),
  }
}

function shortest(records: readonly { readonly ttl: number }[]): number {
  return Math.min(Number.MAX_SAFE_INTEGER, ...records.map(({ ttl }) => ttl))
}

function byAddress(one: { readonly address: string }, other: { readonly address: string }): number {
  return one.address < other.address ? -1 : 1
}
