import type * as z from 'zod'
import type { BoundCondition, BoundTemplate, Derivation } from '../binding/bind.ts'
import type { Language } from '../binding/color.ts'
import type { Read, Write } from '../binding/reference.ts'
import type { Position } from '../binding/shape.ts'
import type { CallSite } from '../calls/policy.ts'
import type { Location } from '../diagnostics/diagnostic.ts'
import type { OperationDefinition } from '../operations/operation.ts'
import type { Caption } from './caption.ts'
import type { Composition, Order, Repetition } from './composition.ts'
import type { Recover, Run, StepRun } from './context.ts'
import type { BoundResponse } from './response.ts'
import type { ServiceOperation } from './service-operation.ts'
import type { AwaitedSignal } from './signal.ts'
import type { StepCall } from './step-call.ts'

/** A list of steps inside a step, as the file has it. */
export interface BlockShape {
  readonly order: Order
  /** The raw steps; each is parsed by its own kind. */
  readonly steps: readonly unknown[]
  /** Where the list sits, from the step that holds it. */
  readonly path: readonly (string | number)[]
}

/** A step whose shape is right; nothing of it is compiled yet. */
export interface ParsedStep<Config = unknown> {
  readonly kind: StepKind<Config>
  readonly id: string | undefined
  readonly when: string | undefined
  readonly config: Config
  readonly blocks: readonly ParsedBlock[]
  /** False when its `id` or `when` was faulty and left out. */
  readonly isWhole: boolean
  readonly position: Position
}

export interface ParsedBlock {
  readonly order: Order
  readonly steps: readonly ParsedStep[]
  readonly position: Position
}

/** A block whose steps are bound, with what the block itself adds to what they may read. */
export interface BoundBlock {
  readonly order: Order
  readonly steps: readonly BoundStep[]
  readonly at: Location
  /** Runs only when this holds (an arm of a branch). */
  readonly condition?: BoundCondition | undefined
  /** The error codes that bring here (a catch), for drawings. */
  readonly handles?: readonly string[]
  /** Reserved names that can be read inside. */
  readonly locals?: readonly ('item' | 'index' | 'error')[]
  /** A color that is there inside: forEach's `as`. */
  readonly provides?: Write | undefined
  /** All that is there when it begins, where that is not what is there around it: what a part takes. */
  readonly receives?: readonly { readonly color: string; readonly certain: boolean }[]
  /** What is read when the block has ended, with all that it wrote in sight: forEach's `collect`. */
  readonly finalReads?: readonly Read[]
  /** What holds when the step goes on behind it: repeat's `until`. */
  readonly proves?: BoundCondition
}

/** What the kind that holds a block adds to it. */
export type BlockExtras = Pick<BoundBlock, 'condition' | 'locals' | 'provides' | 'handles'>

/** What a kind knows of a step of its own, once colors, operations and templates are resolved. */
export interface StepBinding {
  /** What a call is known by in reports; other kinds are named by their id or place. */
  readonly name?: string
  /** What `steps.<id>` calls it in its own context, where that is not its name. */
  readonly record?: string
  /** By default it is shown by its kind. */
  readonly caption?: Caption
  /** What the step itself reads and writes; its blocks do so for themselves. */
  readonly reads?: readonly Read[]
  readonly writes?: readonly Write[]
  /** Colors among its writes that stay absent when it fails (`optional`). */
  readonly mayLeaveOut?: ReadonlySet<string>
  readonly blocks?: readonly BoundBlock[]
  readonly composition?: Composition
  /** False when the alternatives may all be passed by (a branch without default). */
  readonly exhaustive?: boolean
  /** How often the block of an `each` runs. */
  readonly repetition?: Repetition
  /** How often the block of `turns` runs, and how long it waits in between. */
  readonly turns?: { readonly most: number; readonly everyMs: number }
  /** How long it takes by itself, calls aside. */
  readonly takes?: { readonly ms: number; readonly at: Location }
  /** How long it may take at most, with all that is inside of it. */
  readonly within?: { readonly ms: number; readonly at: Location }
  /** True when nothing comes after it: throw, respond. */
  readonly ends?: boolean
  /** The answer it gives. */
  readonly response?: BoundResponse
  /** Error codes it raises by itself. */
  readonly raises?: readonly string[]
  /** The status that they answer when nothing handles them. */
  readonly failsWith?: number
  /** Error codes that its handlers wait for. */
  readonly catches?: readonly { readonly code: string; readonly at: Location }[]
  /** What each color it writes is made of, for the checks that follow a value. */
  readonly derives?: readonly Derivation[]
  /** What an error of it says to a client that nothing else answers. */
  readonly says?: readonly BoundTemplate[]
  /** What it waits for that somebody sends to the run. */
  readonly awaits?: AwaitedSignal
  /** Calls that it undoes, by their names. */
  readonly undoes?: 'all' | 'none' | readonly string[]
  /** The stream that it writes to. */
  readonly emits?: { readonly stream: string; readonly at: Location }
  /** The operation it calls. */
  readonly call?: StepCall
  /** True when it could not be resolved, so that what it would write is not known. */
  readonly incomplete?: boolean
  compile(compiler: Compiler): StepRun
}

/** A bound step: what its kind says of it, its name and its condition. */
export interface BoundStep extends StepBinding {
  readonly kind: string
  /** What reports and metrics call it: its id, an invoke's operation, else its kind and place (`branch@do.2`). */
  readonly name: string
  readonly at: Location
  readonly condition: BoundCondition | undefined
}

/** A part bound for one step that runs it. */
export interface BoundPart {
  readonly name: string
  readonly inputs: readonly PartInput[]
  readonly gives: readonly GivenColor[]
  readonly block: BoundBlock
  /** Every color that its context may hold. */
  readonly colors: ReadonlySet<string>
}

/** A color that a part takes of its caller. */
export interface PartInput {
  readonly color: string
  readonly isOptional: boolean
  /** What it is where the caller does not have it; undefined for none. */
  readonly default: unknown
  readonly at: Location
}

/** A color that a part gives. */
export interface GivenColor {
  readonly color: string
  /** False where it may be absent (`color?`). */
  readonly isCertain: boolean
  readonly at: Location
}

/** What a kind may ask of the plan while it binds a step. */
export interface Binder extends Language {
  readonly route: string
  /** The class of the route's calls. */
  readonly priorityOf: CallSite['priorityOf']
  /** Whether the route's answers are kept as a whole, for others too. */
  readonly keepsWholeAnswers: boolean
  /** Finds `service.operation`; an unknown one is reported and gives undefined. */
  operation(reference: string, position: Position): ServiceOperation | undefined
  /** Binds an operation written in place, of a known service. */
  inlineOperation(
    service: string,
    name: string,
    definition: OperationDefinition,
    position: Position,
  ): ServiceOperation | undefined
  block(block: ParsedBlock, extras?: BlockExtras): BoundBlock
  /** Binds a part as it runs in the step of this name; one that cannot is reported, and gives undefined. */
  part(reference: string, name: string, position: Position, isGuarded: boolean): BoundPart | undefined
  /** Binds a block whose failures something around it handles. */
  guardedBlock(block: ParsedBlock): BoundBlock
  /** Whether the step being bound lies in such a block. */
  readonly isGuarded: boolean
  /** Binds a block that asks again and again, so that answers of before are none. */
  repeatedBlock(block: ParsedBlock, extras?: BlockExtras): BoundBlock
  /** The file of such a block, where the step being bound lies in one. */
  readonly repeatedIn: string | undefined
  /** What reports call this call: its id, else its operation's name, numbered where another call has it. */
  nameCall(step: ParsedStep, operation: string): string
  /** Gives a call site its index in the route. */
  addCallSite(site: CallSite): number
}

/** What a kind may ask of the plan while it compiles. */
export interface Compiler {
  /** The name of the step that is compiled; undefined where its route is not durable, and nothing is recorded. */
  readonly recordedAs: string | undefined
  /** Whether this call's body stays bytes: nothing but the response reads what it gives. */
  keepsBytes(call: StepCall): boolean
  /** Whether anything in the route reads `steps.<id>`, or this member of it, so that it must be recorded. */
  recordsStep(id: string, member?: string): boolean
  /** Whether anything in the route reads this member of `steps.<id>` by its name. */
  namesMember(id: string, member: string): boolean
  /** From now on these calls are counted by the step around them, before its first run of them. */
  countOutside(calls: readonly StepCall[]): void
  /** Whether a step around it counts this call. */
  isCountedOutside(call: StepCall): boolean
  /** Compiles a block by its order, with spans and metrics around each step. */
  block(block: BoundBlock): Run
  /** What was thrown; of a value that cannot stand where it was to, the fault of who gave it. */
  blame(thrown: unknown): unknown
  /** Has these handlers see a failure of the route's response too. */
  guardResponse(recover: Recover): void
}

/**
 * One step kind: its shape, how its parts are bound, and how it compiles. The schema, the docs, the checks and the
 * graph follow from this. A new kind is one file like this and one line in `steps/index.ts`.
 */
export interface StepKind<Config = unknown> {
  /** The key that names it in a step. */
  readonly kind: string
  readonly category: 'activity' | 'control' | 'data flow' | 'exit'
  readonly summary: string
  /** A step in YAML, run by the tests. */
  readonly example: string
  /** The members of the step, `id` and `when` aside. */
  readonly shape: z.ZodType<Config>
  /** The lists of steps inside it. */
  blocks?(config: Config): readonly BlockShape[]
  bind(step: ParsedStep<Config>, binder: Binder): StepBinding
}

/** The kinds of steps that a route may have, by their key. */
export type StepKinds = ReadonlyMap<string, StepKind> & {
  /** False when there are others, of which nothing is known: then one that is not here may be one of them. */
  readonly isWhole?: boolean
}

/** Defines a step kind, its config's type taken from its shape. */
export function defineStep<Shape extends z.ZodType>(
  definition: Omit<StepKind<z.output<Shape>>, 'shape'> & { shape: Shape },
): StepKind<z.output<Shape>> {
  return definition as unknown as StepKind<z.output<Shape>>
}
