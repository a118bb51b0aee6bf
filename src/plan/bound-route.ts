import type { Read } from '../binding/reference.ts'
import type { BrowsersPolicy } from '../browsers/browsers.ts'
import type { CallSite } from '../calls/policy.ts'
import type { Location } from '../diagnostics/diagnostic.ts'
import type { FormatName } from '../formats/format.ts'
import type { BoundOperation } from '../operations/bound-operation.ts'
import type { DurableSettings } from '../routes/durable.ts'
import type { RouteMatch } from '../routes/match.ts'
import type { BoundResponse } from '../steps/response.ts'
import type { BoundBlock, BoundStep } from '../steps/step.ts'
import { callsBeside } from '../steps/step-call.ts'
import type { RouteAccess, RouteGrants } from './access.ts'
import type { RouteAdmission } from './admission/route.ts'
import type { BoundInput } from './inputs.ts'
import type { RouteSettings } from './route-settings.ts'
import type { MessageIdentity } from './trigger.ts'

/** An aggregated route with everything resolved, before it is compiled: what the checks look at. */
export interface BoundRoute {
  readonly name: string
  readonly file: string
  readonly summary: string | undefined
  /** What models are told that it does; undefined where it is no tool of theirs. */
  readonly tool: string | undefined
  readonly match: RouteMatch
  readonly matchAt: Location
  /** Where messages begin it. */
  readonly messages?: MessageIdentity | undefined
  /** Who says what of the following; undefined for what is no route. */
  readonly settings: RouteSettings | undefined
  readonly timeoutMs: number
  readonly maxRequestBytes: number
  /** How many calls and how much work one request may be. */
  readonly maxCalls: number
  readonly maxWork: number
  /** Each request is a run that is recorded. */
  readonly durable: DurableSettings | undefined
  readonly durableAt: Location
  readonly inputs: readonly BoundInput[]
  /** What a client's body may be. */
  readonly accepts: readonly FormatName[]
  readonly acceptsAt: Location
  /** Pages that may send requests to it. */
  readonly origins: readonly string[] | undefined
  /** What browsers are told. */
  readonly browsers: BrowsersPolicy
  /** Its `do`; a top-level `catch` makes it one `try` step. */
  readonly body: BoundBlock
  readonly response: BoundResponse | undefined
  /** Who may ask it; undefined where everybody may. */
  readonly access: RouteAccess | undefined
  readonly grants: RouteGrants | undefined
  /** What stands before it; undefined where nothing does. */
  readonly admission: RouteAdmission | undefined
  /** What the class of its calls is told by. */
  readonly priorityReads: readonly Read[]
  /** Milliseconds that a degraded answer may be cached; undefined: not at all. */
  readonly degradedMaxAgeMs: number | undefined
  readonly etag: boolean
  /** How long whole answers are kept; undefined: not at all. */
  readonly cacheTtlMs: number | undefined
  /** Every place that calls a backend; compiled steps know theirs by index. */
  readonly callSites: readonly CallSite[]
  /** True when a part of it could not be read: then what is missing is not reported as missing. */
  readonly incomplete: boolean
}

/** Every step of a block, those inside others included, in the order of the file. */
export function* everyStep(block: BoundBlock): Generator<BoundStep> {
  for (const step of block.steps) yield* everyStepOf(step)
}

/** A step, and those inside it. */
export function* everyStepOf(step: BoundStep): Generator<BoundStep> {
  yield step
  for (const inner of step.blocks ?? []) yield* everyStep(inner)
}

/** A block, and those inside its steps. */
export function* everyBlock(block: BoundBlock): Generator<BoundBlock> {
  yield block
  for (const step of everyStep(block)) yield* step.blocks ?? []
}

/** Every color that a route may hold: from the request, written by a step, or the element of a forEach. */
export function producedColors(route: BoundRoute): Set<string> {
  return new Set([...route.inputs.map((input) => input.color), ...producedInside(route.body)])
}

/** Every color that the steps of a block write or provide. */
export function producedInside(block: BoundBlock): Set<string> {
  const colors = new Set<string>()
  for (const step of everyStep(block)) {
    for (const { color } of step.writes ?? []) colors.add(color)
    for (const inner of step.blocks ?? []) if (inner.provides) colors.add(inner.provides.color)
  }
  return colors
}

/** The operation that a step calls, and those that stand in for it. */
export function operationsOf({ call }: BoundStep): BoundOperation[] {
  return call ? [call.operation, ...callsBeside(call).map(({ operation }) => operation)] : []
}

/** What is taken of an operation's answers, by itself or by others of the same method and path. */
export function answersOf({ answers, outputs }: BoundOperation): BoundOperation['outputs'] {
  return answers?.() ?? outputs
}
