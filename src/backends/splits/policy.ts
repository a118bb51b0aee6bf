import type { Document } from '../../values/document.ts'
import type { ServiceTarget } from '../call.ts'

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
  /** Where it runs: a service of its own to the rest of this room. */
  readonly target: ServiceTarget
}

export interface SplitRule {
  /** As the file has it. */
  readonly when: string
  readonly test: (document: Document) => boolean
  /** Name of a version. */
  readonly to: string
}
