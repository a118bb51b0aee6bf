import type { Attributes } from '../telemetry/span.ts'
import type { Balancer } from './balancers/balancer.ts'
import { balancers } from './balancers/index.ts'
import type { EndpointTarget, ServiceTarget } from './call.ts'
import type { DiscoveryOptions } from './discovery/discovery.ts'
import { discoveries } from './discovery/index.ts'
import type { Channel, ChannelOptions, TransportKind } from './transports/transport.ts'

/** One address of one of a service's endpoints, and the connections to it. */
export interface Endpoint {
  /** The operator's URL without credentials, query and trailing slash: `http://reco:9004/v1`. */
  readonly url: string
  /** The IP that is connected to, or the URL's own host name. */
  readonly address: string
  /** Goes before every path: `/v1`, or empty. */
  readonly prefix: string
  readonly weight: number
  readonly zone: string | undefined
  readonly channel: Channel
  /** `server.address` and `server.port` of the semantic conventions. */
  readonly attributes: Attributes
}

export interface EndpointsOptions extends DiscoveryOptions {
  readonly transport: TransportKind
  readonly channel: ChannelOptions
}

/** The endpoints of one service as discovery knows them now, and whose turn it is. */
export class ServiceEndpoints {
  readonly #balancer: Balancer
  readonly #stops: (() => void)[] = []
  readonly #byTarget: (readonly Endpoint[])[] = []
  readonly #closing = new Set<Promise<void>>()
  #all: readonly Endpoint[] = []
  #turns: readonly Endpoint[] = []

  constructor(target: ServiceTarget, options: EndpointsOptions) {
    const kind = balancers.get(target.balance)
    if (!kind) throw new Error(`no balancer is called ${target.balance}`)
    this.#balancer = kind.create()
    for (const [index, endpoint] of target.endpoints.entries()) {
      const url = new URL(endpoint.url)
      const discovery = discoveries.find((candidate) => candidate.accepts(url))!
      this.#stops.push(
        discovery.watch(url, options, (addresses) => {
          this.#replace(index, addresses, (address) => openEndpoint(endpoint, url, address, options))
        }),
      )
    }
  }

  get all(): readonly Endpoint[] {
    return this.#all
  }

  /** The endpoint whose turn it is; not `avoid`, if there is another. */
  pick(avoid?: Endpoint): Endpoint | undefined {
    return this.#turns.length === 0 ? undefined : this.#balancer.pick(this.#turns, avoid)
  }

  /** Ends discovery, lets what is under way end, closes every connection. */
  async close(): Promise<void> {
    for (const stop of this.#stops) stop()
    for (const endpoint of this.#all) this.#drain(endpoint)
    this.#all = []
    this.#turns = []
    await Promise.all(this.#closing)
  }

  #replace(index: number, addresses: readonly string[], open: (address: string) => Endpoint): void {
    const before = this.#byTarget[index] ?? []
    const after = addresses.map((address) => before.find((endpoint) => endpoint.address === address) ?? open(address))
    this.#byTarget[index] = after
    this.#all = this.#byTarget.flat()
    this.#turns = takeTurns(this.#all)
    for (const endpoint of before) if (!after.includes(endpoint)) this.#drain(endpoint)
  }

  #drain(endpoint: Endpoint): void {
    const closing = endpoint.channel.close().finally(() => this.#closing.delete(closing))
    this.#closing.add(closing)
  }
}

/** Each endpoint as often as its weight says, spread evenly: weights 2 and 1 give a, b, a. */
export function takeTurns<Weighted extends { readonly weight: number }>(endpoints: readonly Weighted[]): Weighted[] {
  const turns = endpoints.flatMap((endpoint) => {
    const count = Math.max(1, Math.round(endpoint.weight))
    return Array.from({ length: count }, (_, index) => ({ endpoint, at: (index + 0.5) / count }))
  })
  return turns.sort((one, other) => one.at - other.at).map(({ endpoint }) => endpoint)
}

function openEndpoint(
  { weight, zone }: EndpointTarget,
  url: URL,
  address: string,
  { transport, channel }: EndpointsOptions,
): Endpoint {
  const prefix = url.pathname.replace(/\/+$/, '')
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80)
  return {
    url: url.origin + prefix,
    address,
    prefix,
    weight,
    zone,
    channel: transport.open(url, address, channel),
    attributes: { 'server.address': url.hostname, 'server.port': port },
  }
}
