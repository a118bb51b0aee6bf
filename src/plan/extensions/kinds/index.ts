import { balancerExtension } from './balancer.ts'
import { discoveryExtension } from './discovery.ts'
import { functionExtension } from './function.ts'
import type { ExtensionKind } from './kind.ts'
import { operatorExtension } from './operator.ts'
import { policyExtension } from './policy.ts'
import { stepExtension } from './step.ts'

/** What an extension may define. A new kind is a file beside these and a line here. */
export const extensionKinds: ReadonlyMap<string, ExtensionKind> = new Map(
  [stepExtension, policyExtension, operatorExtension, functionExtension, balancerExtension, discoveryExtension].map(
    (kind) => [kind.kind, kind],
  ),
)
