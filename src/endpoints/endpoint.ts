import type { Attributes } from '../telemetry/span.ts'
import { Http1Connections } from '../transports/http1/connections.ts'
import {
  type Channel,
  type ChannelOptions,
  defaultChannelOptions,
  namesOf,
  type TransportKind,
} from '../transports/transport.ts'
import type { WaitingRoom } from '../transports/waiting-room.ts'
import type { Candidate } from './balancers/balancer.ts'
import { Load } from './balancers/load.ts'
import type { EndpointTarget } from './endpoint-target.ts'
import { Condition } from './health/condition.ts'

/** One address of one of a service's endpoints, and the connections to it. */
export class Endpoint implements Candidate {
  readonly id: string
  /** The operator's URL without credentials, query and trailing slash: `http://reco:9004/v1`. */
  readonly url: string
  /** The IP that is connected to, or the URL's own host name. */
  readonly address: string
  /** Goes before every path: `/v1`, or empty. */
  readonly prefix: string
  /** The host that it is told, and by which its answers call it. */
  readonly host: string
  readonly channel: Channel
  readonly streams: StreamSettings
  /** Of the semantic conventions: `server.address`, `server.port`, and `network.peer.address` where they differ. */
  readonly attributes: Attributes
  readonly load = new Load()
  readonly condition: Condition
  /** Discovery may say otherwise while calls go to it. */
  weight: number
  zone: string | undefined
  /** Resolves when its last call has ended and its connections are closed; undefined while it is in use. */
  closed: Promise<void> | undefined = undefined
  readonly #onUnreachable: (url: URL) => void
  #streamConnections: Http1Connections | undefined

  constructor(
    target: EndpointTarget,
    address: string,
    channel: Channel,
    now: number,
    onUnreachable: (url: URL) => void = () => {},
    streams: StreamSettings = { options: defaultChannelOptions, room: undefined },
  ) {
    const url = new URL(target.url)
    this.prefix = prefixOf(url)
    this.url = url.origin + this.prefix
    this.address = address
    this.host = namesOf(url, streams.options).host
    this.id = idOf(target.url, address)
    this.channel = channel
    this.streams = streams
    this.attributes = {
      'server.address': url.hostname,
      'server.port': Number(url.port) || (url.protocol === 'https:' ? 443 : 80),
      ...(address !== url.hostname && { 'network.peer.address': address }),
    }
    this.condition = new Condition(now)
    this.weight = target.weight
    this.zone = target.zone
    this.#onUnreachable = onUnreachable
  }

  /** Whether an origin is its own: by its URL, or by the host that it is told. */
  isAt(origin: string): boolean {
    const own = new URL(this.url)
    return origin === own.origin || origin === URL.parse(`${own.protocol}//${this.host}`)?.origin
  }

  /** No connection could be made to it. */
  unreachable(): void {
    this.#onUnreachable(new URL(this.url))
  }

  /** The connections of what is streamed through it. */
  get streamConnections(): Http1Connections {
    this.#streamConnections ??= new Http1Connections(new URL(this.url), this.address, this.streams.options)
    return this.#streamConnections
  }

  /** Lets the calls under way end. */
  close(): Promise<void> {
    this.condition.isDraining = true
    this.#streamConnections?.close()
    this.closed ??= this.channel.close()
    return this.closed
  }
}

/** What whoever streams through an endpoint, on connections of its own, shares with those who call it. */
export interface StreamSettings {
  readonly options: ChannelOptions
  /**
   * Where it takes a place. Its connection is as long in use as a client likes, so where a service says nothing of
   * connections there is none, and only a bulkhead bounds them.
   */
  readonly room: WaitingRoom | undefined
}

export interface OpenOptions {
  readonly transport: TransportKind
  readonly channel: ChannelOptions
}

/** Equal for what is the same endpoint: a new weight or zone does not make another of it. */
export function idOf(url: string, address: string): string {
  const { origin, pathname } = new URL(url)
  return `${origin}${pathname.replace(/\/+$/, '')}@${address}`
}

function prefixOf(url: URL): string {
  return url.pathname.replace(/\/+$/, '')
}
