import type { BoundTemplate, Derivation } from '../binding/bind.ts'
import type { Read, Write } from '../binding/reference.ts'
import type { Fallback } from '../calls/call.ts'
import type { CallSite } from '../calls/policy.ts'
import type { Location } from '../diagnostics/diagnostic.ts'
import type { BoundOperation } from '../operations/bound-operation.ts'
import type { ResolvedPolicy } from '../operations/policies/resolve.ts'
import type { StepRun } from './context.ts'

/** Calls that a call may lead to, each in place of it or behind it: what stands in for it, what undoes it. */
export function callsBeside({ fallbacks, compensation }: StepCall): readonly Beside[] {
  const others: Beside[] = fallbacks.flatMap(({ call }) => call ?? [])
  return compensation ? [...others, compensation] : others
}

type Beside = NonNullable<BoundFallback['call']> & { readonly overrides?: StepCall['overrides'] }

/** What the checks, graph and explain know of an invoke. */
export interface StepCall {
  readonly operation: BoundOperation
  /** A timeout that the step itself sets. */
  readonly ownTimeout: { readonly ms: number; readonly at: Location } | undefined
  readonly site: CallSite
  readonly optional: boolean
  /** `with`: what stands in place of the wiring, by color. */
  readonly overrides: ReadonlyMap<string, BoundTemplate>
  /** `out`: what the route takes of what it gives, in place of the operation's own outputs. */
  readonly taken: readonly Derivation[] | undefined
  /** What undoes it, in a durable route. */
  readonly compensation?: BoundCompensation | undefined
  /** In the order in which they are tried. */
  readonly fallbacks: readonly BoundFallback[]
  /** What is said of policies around it, outermost first. */
  readonly policies: readonly ResolvedPolicy[]
}

/** One entry of a `fallback:`, compiled, with what it reads and writes. */
export interface BoundFallback {
  readonly kind: 'lastGood' | 'body' | 'assign' | 'invoke'
  readonly at: Location
  /** What it does, in a few words. */
  readonly summary: string
  /** The call it makes (`invoke`). */
  readonly call?: Pick<StepCall, 'operation' | 'site' | 'policies'>
  readonly compiled: Fallback
  readonly reads: readonly Read[]
  /** What stands in for the answer's body (`body`). */
  readonly body?: BoundTemplate
  /** What the colors that it writes itself are made of (`assign`). */
  readonly derives?: readonly Derivation[]
  /** Colors that it gives in place of the operation's, where an `out` of the step takes them. */
  readonly gives?: readonly string[]
  /** Colors it writes itself; undefined when the operation's outputs, or the step's `out`, apply to what it gives. */
  readonly writes: readonly Write[] | undefined
}

/** What undoes a call. */
export interface BoundCompensation {
  readonly operation: BoundOperation
  readonly site: CallSite
  readonly policies: readonly ResolvedPolicy[]
  readonly overrides: ReadonlyMap<string, BoundTemplate>
  /** What it reads of the context as it was before the call, and of the call itself where it may be absent. */
  readonly reads: readonly Read[]
  readonly at: Location
  /** Puts what undoes the call by it. */
  compile(place: string, run: StepRun): StepRun
}
