import { serviceShape } from '../../config/service.ts'
import type { BalancerKind } from '../../endpoints/balancers/balancer.ts'
import { balancers } from '../../endpoints/balancers/index.ts'
import { type CelFunctions, celFunctions } from '../../expressions/expression.ts'
import { builtInOperators, type Operators } from '../../expressions/template.ts'
import { stepKinds } from '../../steps/index.ts'
import type { StepKinds } from '../../steps/step.ts'

/** Every kind of thing that the files of one gateway may name. What is bound of them holds the kinds themselves. */
export interface Registry {
  readonly steps: StepKinds
  readonly operators: Operators
  readonly functions: CelFunctions
  readonly balancers: ReadonlyMap<string, BalancerKind>
  /** What the file of a service may say: it names balancers and discoveries. */
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
  serviceShape,
  isWhole: true,
}
