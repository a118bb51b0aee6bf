import type { BalancerKind } from './balancer.ts'
import { SmoothTurns } from './smooth.ts'

/** Each endpoint as often as its weight says, its turns spread evenly over those of the others. */
export const weighted: BalancerKind = {
  name: 'weighted',
  summary:
    'As often as its weight says, its turns spread evenly between those of the others (nginx’s smooth round robin)',
  readsLoad: false,
  needsColor: false,
  create: () => new SmoothTurns(),
}
