import * as z from 'zod'
import { definitionOf } from '../../../definition.ts'
import type {
  Balancer,
  BalancerKind,
  BalancerOptions,
  Candidate,
  Weighted,
} from '../../../endpoints/balancers/balancer.ts'
import { balancers } from '../../../endpoints/balancers/index.ts'
import type { GatewayError } from '../../../errors.ts'
import { attempt, failureOf, type Origin, refusePromise } from '../origin.ts'
import { type Defined, defineExtensionKind } from './kind.ts'
import { functionValue, kebabName, summary } from './parts.ts'

export type BalancerDefinition = Pick<BalancerKind, 'name' | 'summary' | 'create'> &
  Partial<Pick<BalancerKind, 'readsLoad' | 'needsColor'>>

/** Defines a balancer: `balance: name`. */
export function defineBalancer(definition: BalancerDefinition): Defined<BalancerDefinition> {
  return { ...definition, [definitionOf]: 'balancer' }
}

export const balancerExtension = defineExtensionKind<BalancerDefinition>({
  kind: 'balancer',
  word: 'balancer',
  form: z.looseObject({
    name: kebabName,
    summary,
    readsLoad: z.boolean().optional(),
    needsColor: z.boolean().optional(),
    create: functionValue,
  }) as unknown as z.ZodType<BalancerDefinition>,
  nameOf: ({ name }) => name,
  taken: new Set(balancers.keys()),
  add(definition, origin, draft) {
    const { name, summary, readsLoad = false, needsColor = false } = definition
    const create = <Node extends Candidate>(options: BalancerOptions): Balancer<Node> =>
      new GuardedBalancer<Node>(() => definition.create<Node>(options), origin)
    draft.balancers.set(name, { name, summary, readsLoad, needsColor, create })
  },
})

/** What fails while it is told of candidates, which no request waits for, fails those that want one of them. */
class GuardedBalancer<Node extends Candidate> implements Balancer<Node> {
  readonly #create: () => Balancer<Node>
  readonly #origin: Origin
  #inner: Balancer<Node> | undefined
  #nodes: ReadonlySet<Node> = new Set()
  #fault: GatewayError | undefined

  constructor(create: () => Balancer<Node>, origin: Origin) {
    this.#create = create
    this.#origin = origin
  }

  update(candidates: readonly Weighted<Node>[]): void {
    this.#nodes = new Set(candidates.map(({ node }) => node))
    this.#fault = undefined
    try {
      this.#inner ??= this.#create()
      refusePromise<unknown>(this.#inner.update(candidates))
    } catch (thrown) {
      this.#fault = failureOf(this.#origin, thrown)
    }
  }

  pick(avoid: Node | undefined, hash: number | undefined): Node {
    return attempt(this.#origin, () => {
      if (this.#fault) throw this.#fault
      const node = refusePromise(this.#inner!.pick(avoid, hash))
      if (!this.#nodes.has(node)) throw new Error('it chose what is no candidate')
      return node
    })
  }
}
