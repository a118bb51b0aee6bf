import type { AdmissionTarget } from '../admission/target.ts'
import type { EndpointsTarget } from '../endpoints/endpoints-target.ts'
import type { Document } from '../expressions/document.ts'
import type { RetryBudgetPolicy } from './policies/retry-budget.ts'

/** What calls need to know of a service. Equal `key`s share what is known of its endpoints across reloads. */
export interface ServiceTarget extends EndpointsTarget, AdmissionTarget {
  readonly name: string
  /** It runs in versions, each with endpoints of its own; then `endpoints` is empty. */
  readonly split?: SplitPolicy | undefined
  /** The header that tells it the remaining time; undefined: none does. */
  readonly budgetHeader?: string | undefined
  /** Undefined: the built-in one. */
  readonly retryBudget?: RetryBudgetPolicy | undefined
  /** Content hash of where it runs and how that is looked after. */
  readonly key: string
}

/** A service that runs in several versions, and which of them a call goes to. */
export interface SplitPolicy {
  readonly versions: readonly VersionTarget[]
  /** Name of a split kind. */
  readonly by: string
  /** The first that holds decides. */
  readonly rules: readonly SplitRule[]
  /** Who has the same value keeps the same version. */
  readonly sticky: { readonly on: string; readonly read: (document: Document) => unknown } | undefined
}

export interface VersionTarget {
  readonly name: string
  readonly weight: number
  /** Where it runs: a service of its own to its calls. */
  readonly target: ServiceTarget
}

export interface SplitRule {
  /** As the file has it. */
  readonly when: string
  readonly test: (document: Document) => boolean
  /** Name of a version. */
  readonly to: string
}
