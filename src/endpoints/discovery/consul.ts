import { type LiveText, textNow } from '../../environment.ts'
import type { RegistryAnswer } from '../../transports/registry-client.ts'
import type { DiscoveryKind } from './discovery.ts'
import { bracket, type EndpointEntry, type FoundEntries, mostWeight, readEntries } from './endpoint-entry.ts'

export interface ConsulSettings {
  readonly address: string
  readonly service: string
  readonly tag: string | undefined
  readonly datacenter: string | undefined
  readonly token: LiveText | undefined
  readonly scheme: 'http' | 'https'
}

/** Consul holds an answer back so long while nothing changes; it adds up to a sixteenth. */
const waitSeconds = 60
const timeoutMs = 70_000
/** A catalogue that changes all the time is not asked more often than this. */
const betweenMs = 100

/** The instances that Consul's own checks find well, told as they change (blocking queries of its health API). */
export const consul: DiscoveryKind<ConsulSettings> = {
  name: 'consul',
  summary: 'The passing instances of a service in Consul, told as they change (blocking queries)',
  describe: ({ service, address }) => `${service} at ${address}`,
  async follow(settings, search) {
    const client = search.connect({ address: settings.address })
    let index = 0
    try {
      while (!search.signal.aborted) {
        const headers = { 'x-consul-token': textNow(settings.token) }
        const answer = await client.ask({ path: pathOf(settings, index), headers, timeoutMs })
        const latest = indexOf(answer)
        const { endpoints, passedOver } = readInstances(answer.body, settings.scheme)
        search.found(endpoints, latest, passedOver)
        index = latest >= index ? latest : 0
        await search.pause(betweenMs)
      }
    } finally {
      await client.close()
    }
  },
}

function pathOf({ service, tag, datacenter }: ConsulSettings, index: number): string {
  const query = new URLSearchParams({ passing: '1' })
  if (tag !== undefined) query.set('tag', tag)
  if (datacenter !== undefined) query.set('dc', datacenter)
  if (index > 0) {
    query.set('index', String(index))
    query.set('wait', `${waitSeconds}s`)
  }
  return `/v1/health/service/${encodeURIComponent(service)}?${query}`
}

/** 0 where there is none. One that went backwards means that Consul has begun anew, and so do we, from 0. */
function indexOf({ headers }: RegistryAnswer): number {
  const index = Number(headers['x-consul-index'])
  return Number.isSafeInteger(index) && index > 0 ? index : 0
}

interface Instance {
  readonly Node?: { readonly Address?: unknown }
  readonly Service?: {
    readonly ID?: unknown
    readonly Address?: unknown
    readonly Port?: unknown
    readonly Weights?: { readonly Passing?: unknown }
    readonly Meta?: { readonly zone?: unknown } | null
  }
}

function readInstances(body: unknown, scheme: string): FoundEntries {
  if (!Array.isArray(body)) throw new Error('the answer is no list of instances')
  return readEntries(
    body.map(({ Node, Service }: Instance) => {
      const host = Service?.Address || Node?.Address
      const weight = Service?.Weights?.Passing
      const entry: EndpointEntry = {
        url: `${scheme}://${bracket(String(host))}:${String(Service?.Port)}`,
        // Consul's own go to 65535.
        weight: typeof weight === 'number' ? Math.min(weight, mostWeight) : weight,
        zone: Service?.Meta?.zone,
      }
      return [`the instance ${String(Service?.ID ?? host)}`, entry] as const
    }),
  )
}
