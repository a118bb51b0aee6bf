import type { Document } from '../expressions/document.ts'
import type { Wire } from '../transports/transport.ts'
import type { BalancerKind } from './balancers/balancer.ts'
import type { CredentialTarget } from './credentials/settings.ts'
import type { DiscoverySource } from './discovery/discovery.ts'
import type { EndpointTarget } from './endpoint-target.ts'
import type { CarePolicy } from './health/policy.ts'

/** Where a service runs, and how that is looked after. */
export interface EndpointsTarget {
  readonly name: string
  readonly endpoints: readonly EndpointTarget[]
  /** Where endpoints are looked up; then `endpoints` is empty. */
  readonly discover?: DiscoverySource | undefined
  readonly balance: BalancerKind
  /** To one endpoint at most; undefined: the built-in number. */
  readonly connections?: number | undefined
  /** Undefined: as the URLs of its endpoints say. */
  readonly wire?: Wire | undefined
  /** What it is shown; undefined: nothing. */
  readonly auth?: CredentialTarget | undefined
  /** The value that a consistent hash is made of. */
  readonly spreadBy?: ((document: Document) => unknown) | undefined
  /** Undefined: nobody looks after its endpoints. */
  readonly care?: CarePolicy | undefined
}
