import type { IncomingMessage } from 'node:http'
import type { Work } from '../../plan/work.ts'
import { fitsHost, type RouteMatch } from '../../routes/match.ts'
import { listenerOf } from '../http/connection.ts'
import { Router } from './router.ts'

type Entry<Target> = readonly [RouteMatch, Target]

/**
 * The routes as a request finds them where it came in and by the host it asked for: each pair that some route names has a
 * tree of its own, so that what is not for it is as if it were not there. Where no route names any there is one tree.
 */
export class Views<Target> {
  /** Of requests that no route of a listener or host is for. */
  readonly plain: Router<Target>
  readonly #hosts: ReadonlySet<string>
  readonly #listeners: ReadonlySet<string>
  readonly #routers: ReadonlyMap<string, Router<Target>>

  private constructor(
    plain: Router<Target>,
    hosts: Set<string>,
    listeners: Set<string>,
    routers: Map<string, Router<Target>>,
  ) {
    this.plain = plain
    this.#hosts = hosts
    this.#listeners = listeners
    this.#routers = routers
  }

  static *plant<Target>(entries: readonly Entry<Target>[], before?: Views<Target>): Work<Views<Target>> {
    const hosts = new Set(entries.flatMap(([{ hosts = [] }]) => hosts))
    const listeners = new Set(entries.flatMap(([{ listeners = [] }]) => listeners))
    const plain = yield* Router.plant(select(entries, undefined, undefined), before?.plain)
    const routers = new Map<string, Router<Target>>()
    for (const host of [undefined, ...hosts]) {
      for (const listener of [undefined, ...listeners]) {
        if (host === undefined && listener === undefined) continue
        const key = keyOf(host, listener)
        routers.set(
          key,
          yield* Router.plant(
            select(entries, host, listener),
            before === undefined ? undefined : before.#routers.get(key),
          ),
        )
      }
    }
    return new Views(plain, hosts, listeners, routers)
  }

  of(request: IncomingMessage): Router<Target> {
    if (this.#routers.size === 0) return this.plain
    const { listener } = listenerOf(request)
    const known = listener !== undefined && this.#listeners.has(listener) ? listener : undefined
    const host = this.#nearest(request.headers.host ?? '')
    return this.#routers.get(keyOf(host, known)) ?? this.plain
  }

  /** The host itself, else its narrowest wildcard. */
  #nearest(asked: string): string | undefined {
    if (this.#hosts.size === 0) return undefined
    const host = asked.toLowerCase().replace(/\.?(?::\d*)?$/, '')
    if (this.#hosts.has(host)) return host
    for (let dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
      const wildcard = `*${host.slice(dot)}`
      if (this.#hosts.has(wildcard)) return wildcard
    }
    return undefined
  }
}

const keyOf = (host: string | undefined, listener: string | undefined) => `${host ?? ''} ${listener ?? ''}`

/** What holds there, the narrowest first: of two routes for one path the first is found. */
function select<Target>(
  entries: readonly Entry<Target>[],
  host: string | undefined,
  listener: string | undefined,
): readonly Entry<Target>[] {
  const rankOf = ({ hosts, listeners }: RouteMatch) => {
    if (listeners && (listener === undefined || !listeners.includes(listener))) return -1
    const fitting = hosts && (host === undefined ? [] : hosts.filter((pattern) => fitsHost(pattern, host)))
    if (fitting?.length === 0) return -1
    const nearness = fitting ? Math.max(...fitting.map((one) => (one.startsWith('*') ? one.length : 1000))) : 0
    return 2 * nearness + (listeners ? 1 : 0)
  }
  return entries
    .map((entry) => ({ entry, rank: rankOf(entry[0]) }))
    .filter(({ rank }) => rank >= 0)
    .sort((one, other) => other.rank - one.rank)
    .map(({ entry }) => entry)
}
