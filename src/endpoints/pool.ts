import { Shared } from '../shared.ts'
import type { Wire } from '../transports/transport.ts'
import type { NameLookups } from './discovery/resolvers/name-lookups.ts'
import { Endpoint, idOf, type OpenOptions } from './endpoint.ts'
import type { EndpointTarget } from './endpoint-target.ts'
import type { EndpointsTarget } from './endpoints-target.ts'

interface EndpointKey {
  readonly service: string
  /** Undefined: as many as to any endpoint. */
  readonly connections: number | undefined
  readonly wire: Wire | undefined
  /** Which of those that are the same to the letter, where a list names one more than once. */
  readonly occurrence: number
  readonly target: EndpointTarget
  readonly address: string
  /** When it begins, on `Clock.now()`'s scale, if it is a new one. */
  readonly since: number
}

/**
 * The endpoints of the process, by service and address. What is known of one (its connections, its load, whether it
 * rests) belongs to it and not to the list that it stands in: a reload that changes a list changes nothing for those
 * that are in the next one too.
 */
export class EndpointPool {
  readonly #endpoints: Shared<EndpointKey, Endpoint>

  constructor({ transport, channel }: OpenOptions, lookups: NameLookups) {
    const lookAgain = (url: URL) => lookups.lookAgain(url)
    this.#endpoints = new Shared(
      ({ service, connections, wire, occurrence, target, address }) =>
        JSON.stringify([service, connections, wire?.key, occurrence, idOf(target.url, address)]),
      ({ target, address, since, connections, wire }) => {
        const options = { ...channel, ...(connections !== undefined && { connections }), ...wire }
        const opened = transport.open(new URL(target.url), address, options)
        const streams = { options, room: connections === undefined ? undefined : opened.room }
        return new Endpoint(target, address, opened, since, lookAgain, streams)
      },
      (endpoint) => void endpoint.close(),
    )
  }

  /** Endpoints of a service that one list uses. `onChange`: who of them may be asked has changed. */
  listFor(
    { name, connections, wire }: Pick<EndpointsTarget, 'name' | 'connections' | 'wire'>,
    onChange: () => void,
  ): PooledEndpoints {
    return new PooledEndpoints((key) => this.#endpoints.acquire({ ...key, service: name, connections, wire }), onChange)
  }
}

type Acquire = (key: Omit<EndpointKey, 'service' | 'connections' | 'wire'>) => {
  readonly value: Endpoint
  readonly release: () => void
}

/** What one list has taken out of the pool. */
export class PooledEndpoints {
  readonly #acquire: Acquire
  readonly #onChange: () => void
  readonly #held = new Map<Endpoint, { readonly occurrence: number; readonly release: () => void }>()

  constructor(acquire: Acquire, onChange: () => void) {
    this.#acquire = acquire
    this.#onChange = onChange
  }

  /** The endpoint at an address; a new one begins at `since`. */
  take(target: EndpointTarget, address: string, since: number): Endpoint {
    const occurrence = this.#nextOccurrence(idOf(target.url, address))
    const { value: endpoint, release } = this.#acquire({ occurrence, target, address, since })
    // Whoever comes last knows best.
    endpoint.weight = target.weight
    endpoint.zone = target.zone
    const unwatch = endpoint.condition.watch(this.#onChange)
    this.#held.set(endpoint, {
      occurrence,
      release: () => {
        unwatch()
        release()
      },
    })
    return endpoint
  }

  /** Lets go of it: `closed` is set from now on where no other list has it. */
  leave(endpoint: Endpoint): void {
    this.#held.get(endpoint)?.release()
    this.#held.delete(endpoint)
  }

  #nextOccurrence(id: string): number {
    const taken = new Set([...this.#held].filter(([held]) => held.id === id).map(([, { occurrence }]) => occurrence))
    let next = 0
    while (taken.has(next)) next++
    return next
  }
}
