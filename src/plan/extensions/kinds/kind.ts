import type * as z from 'zod'
import type { PolicyKind } from '../../../calls/policy.ts'
import type { DiscoverShape } from '../../../config/service/discover.ts'
import type { Definition, DefinitionKind } from '../../../definition.ts'
import type { BalancerKind } from '../../../endpoints/balancers/balancer.ts'
import type { CelFunction } from '../../../expressions/expression.ts'
import type { Operator } from '../../../expressions/template.ts'
import type { StepKind } from '../../../steps/step.ts'
import type { Origin } from '../origin.ts'

/** A registry while it is filled. */
export interface RegistryDraft {
  readonly steps: Map<string, StepKind>
  /** Outermost first. */
  readonly policies: PolicyKind[]
  readonly operators: Map<string, Operator>
  readonly functions: CelFunction[]
  readonly balancers: Map<string, BalancerKind>
  readonly discoveries: Map<string, DiscoverShape>
}

/** A kind of thing that an extension may define. A new one is a file beside these and a line in `index.ts`. */
export interface ExtensionKind<Defined = unknown> {
  readonly kind: DefinitionKind
  /** How people call it. */
  readonly word: string
  /** What a definition has to have. */
  readonly form: z.ZodType<Defined>
  nameOf(definition: Defined): string
  /** What only one may have; its name unless given. */
  namesOf?(definition: Defined): readonly string[]
  /** The names that are built in. */
  readonly taken: ReadonlySet<string>
  /** The name of another, where the two cannot be told apart though they are not called alike. */
  clash?(definition: Defined, draft: RegistryDraft): string | undefined
  /** Puts it into the registry, its faults caught. */
  add(definition: Defined, origin: Origin, draft: RegistryDraft): void
}

export function defineExtensionKind<Defined>(kind: ExtensionKind<Defined>): ExtensionKind {
  return kind as ExtensionKind
}

export type Defined<Value> = Value & Definition
