import type { Candidate } from '../../endpoints/balancers/balancer.ts'
import { hashText } from '../../endpoints/balancers/hash.ts'
import { Load } from '../../endpoints/balancers/load.ts'

/** One version of a service, as far as choosing needs to know it. */
export class Version implements Candidate {
  readonly id: string
  /** Among the versions of the service, as its file lists them. */
  readonly index: number
  /** The operator's; 0 for one that only a rule leads to. */
  readonly weight: number
  readonly seed: number
  /** Of its calls as a whole, retries and all. */
  readonly load = new Load()

  constructor(id: string, index: number, weight: number) {
    this.id = id
    this.index = index
    this.weight = weight
    this.seed = hashText(id)
  }
}
