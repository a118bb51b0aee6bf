import type { PolicyKinds } from '../../calls/policy.ts'
import { serviceShape } from '../../config/service.ts'
import type { BalancerKind } from '../../endpoints/balancers/balancer.ts'
import { balancers } from '../../endpoints/balancers/index.ts'
import { type CelFunctions, celFunctions } from '../../expressions/expression.ts'
import { builtInOperators, type Operators } from '../../expressions/template.ts'
import { policyKinds } from '../../operations/policies/index.ts'
import { stepKinds } from '../../steps/index.ts'
import type { StepKinds } from '../../steps/step.ts'

/** Every kind of thing that the files of one gateway may name. What is bound of them holds the kinds themselves. */
export interface Registry {
  readonly steps: StepKinds
  readonly operators: Operators
  readonly functions: CelFunctions
  readonly balancers: ReadonlyMap<string, BalancerKind>
  /** Outermost first. */
  readonly policies: PolicyKinds
  /** What the file of a service may say: it names balancers, discoveries and policies. */
  readonly serviceShape: typeof serviceShape
  /** False when an extension could not be loaded or was not to be: then what is not known may be its. */
  readonly isWhole: boolean
}

/** What there is without extensions. */
export const builtIn: Registry = {
  steps: stepKinds,
  operators: builtInOperators,
  functions: celFunctions,
  balancers,
  policies: policyKinds,
  serviceShape,
  isWhole: true,
}
