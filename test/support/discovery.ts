import { type Clock, systemClock } from '../../src/clock.ts'
import { DiscoveryWatch } from '../../src/endpoints/discovery/discovery-watch.ts'
import { discoveries } from '../../src/endpoints/discovery/index.ts'
import type { NameServers } from '../../src/endpoints/discovery/name-servers.ts'
import type { EndpointTarget } from '../../src/endpoints/endpoint-target.ts'
import type { Notice } from '../../src/telemetry/notice.ts'
import { until } from './waiting.ts'

export interface Followed {
  /** Every list that was told, each endpoint as `url weight zone`, what says nothing left away. */
  readonly lists: string[][]
  readonly notices: Notice[]
  readonly states: boolean[]
  readonly watch: DiscoveryWatch
  /** Resolves once the last list told is this one. */
  untilListed(list: readonly string[]): Promise<void>
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
  const untilListed = async (list: readonly string[]) => {
    await until(
      () => lists.at(-1)?.join() === list.join(),
      () => `the last list is ${JSON.stringify(list)}, not ${JSON.stringify(lists.at(-1))}`,
    )
  }
  return { lists, notices, states, watch, untilListed }
}

function show({ url, address, weight, zone }: EndpointTarget): string {
  return [url, address, weight === 1 ? undefined : weight, zone].filter((part) => part !== undefined).join(' ')
}
