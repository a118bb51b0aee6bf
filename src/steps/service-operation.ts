import type { Language } from '../binding/color.ts'
import type { Position } from '../binding/shape.ts'
import type { PolicyKinds } from '../calls/policy.ts'
import type { BoundOperation } from '../operations/bound-operation.ts'
import type { DeclaredPolicies, Declaring } from '../operations/policies/resolve.ts'
import type { DeclaredHeaders } from '../operations/sent-headers.ts'

export interface InheritedByStep {
  /** Nearest first. */
  readonly policies: readonly DeclaredPolicies[]
  /** Farthest first. */
  readonly headers: readonly DeclaredHeaders[]
}

/** An operation with the policies that its service gives it. */
export interface ServiceOperation {
  readonly operation: BoundOperation
  /** What is said of policies, nearest first: by itself, by its service or else the gateway. */
  readonly policies: readonly DeclaredPolicies[]
  /** What the presets that a step uses say. */
  inherited(use: readonly string[] | undefined, step: Position, language: Language): InheritedByStep
  /** Those that a step may declare around it. */
  readonly policyKinds: PolicyKinds
  /** Those that a step's own policies may name. */
  readonly services: Declaring['services']
  readonly maxResponseBytes: number
}
