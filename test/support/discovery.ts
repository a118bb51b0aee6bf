import { type Clock, systemClock } from '../../src/clock.ts'
import { DiscoveryWatch } from '../../src/endpoints/discovery/discovery-watch.ts'
import { discoveries } from '../../src/endpoints/discovery/index.ts'
import type { NameServers } from '../../src/endpoints/discovery/name-servers.ts'
import type { EndpointTarget } from '../../src/endpoints/endpoint-target.ts'
import type { Notice } from '../../src/telemetry/notice.ts'

export interface Followed {
  /** Every list that was told, each endpoint as `url weight zone`, what says nothing left away. */
  readonly lists: string[][]
  readonly notices: Notice[]
  readonly states: boolean[]
  readonly watch: DiscoveryWatch
  /** Resolves when the last list told is this one. */
  until(list: readonly string[]): Promise<void>
}

/** Follows a source and remembers what it tells. Close the watch. */
export function follow(
  { kind, settings }: { kind: string; settings: object },
  options: { clock?: Clock; nameServers?: NameServers } = {},
): Followed {
  const lists: string[][] = []
  const notices: Notice[] = []
  const states: boolean[] = []
  const nobody = async () => []
  const watch = new DiscoveryWatch(
    { kind: discoveries.get(kind)!, settings },
    {
      clock: options.clock ?? systemClock,
      random: () => 0,
      nameServers: options.nameServers ?? { addresses: nobody, services: nobody },
      notify: (notice) => notices.push(notice),
      isReachable: async () => true,
      onState: (isCurrent) => states.push(isCurrent),
    },
  )
  watch.subscribe((endpoints) => lists.push(endpoints.map(show)))
  const until = async (list: readonly string[]) => {
    const end = performance.now() + 8000
    while (lists.at(-1)?.join() !== list.join()) {
      if (performance.now() > end) throw new Error(`the last list is ${JSON.stringify(lists.at(-1))}`)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
  return { lists, notices, states, watch, until }
}

function show({ url, address, weight, zone }: EndpointTarget): string {
  return [url, address, weight === 1 ? undefined : weight, zone].filter((part) => part !== undefined).join(' ')
}
