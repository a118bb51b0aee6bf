import type { Balancer, Candidate, Weighted } from '../../src/endpoints/balancers/balancer.ts'
import { balancers } from '../../src/endpoints/balancers/index.ts'
import { Load } from '../../src/endpoints/balancers/load.ts'
import { seededRandom } from './chance.ts'
import { FakeClock } from './fake-clock.ts'

export function candidates(...weights: number[]): Weighted<Candidate>[] {
  return weights.map((weight, index) => ({
    node: { id: `http://10.0.0.${index}:80@10.0.0.${index}`, load: new Load() },
    weight,
  }))
}

export function createBalancer(
  name: string,
  list: readonly Weighted<Candidate>[],
  clock = new FakeClock(),
): Balancer<Candidate> {
  const balancer = balancers.get(name)!.create<Candidate>({ clock, random: seededRandom() })
  balancer.update(list)
  return balancer
}

/** How often each of the candidates is among the picks. */
export function countPicks(list: readonly Weighted<Candidate>[], picks: readonly Candidate[]): number[] {
  return list.map(({ node }) => picks.filter((pick) => pick === node).length)
}
