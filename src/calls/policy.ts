import type * as z from 'zod'
import type { Clock } from '../clock.ts'
import type { ServiceEndpoints } from '../endpoints/service-endpoints.ts'
import type { Document } from '../expressions/document.ts'
import type { Body, Slices } from '../json/body.ts'
import type { Notice } from '../telemetry/notice.ts'
import type { CallRequest, Fallback } from './call.ts'
import type { CallCodec } from './codec.ts'
import type { Decoding } from './decoding.ts'
import type { Dialect } from './dialect.ts'
import type { Policy } from './layer.ts'
import type { StackParts } from './parts.ts'
import type { Misfit, PolicyBinder, PolicyOperation, PolicyOwner } from './policy-binding.ts'
import type { EventsDefinition, GaugeDefinition, PolicyEvents } from './policy-events.ts'
import type { ServiceTarget } from './service-target.ts'

/** Where requests go beside the service that is called. */
export interface OtherReceiver {
  readonly target: ServiceTarget
  /** As people call it. */
  readonly name: string
  /** What it gets: `copies`, `redirects`. */
  readonly as: string
  /** Whether it gets credentials too. */
  readonly credentials: boolean
}

/** What becomes of the answers that a policy is given; the layers inside of it, and the attempt, see to that. */
export interface AnswerUse {
  /** A 304 is an answer to it, so that its headers come through. */
  readonly acceptsNotModified?: boolean
  /** An answer that leads on (redirect.ts) is one to it, though not to the site: it comes through without its body. */
  readonly followsRedirects?: boolean
  /** Others than the one who asked are given them. */
  readonly sharesAnswers?: boolean
  /** They are kept for later requests, until something changes where they come from. */
  readonly keepsAnswers?: boolean
  /** What the backend says of caching is passed over. */
  readonly overridesCaching?: boolean
}

/** What several calls of a policy know together, and what outlives a reload: one state for each key. */
export interface SharedState<Config, State> {
  /**
   * What the state belongs to, as data: sites whose keys are equal share it. The policy's name is part of the key by
   * itself. Undefined where this site needs none.
   */
  key(config: Config, site: CallSite): readonly unknown[] | undefined
  open(config: Config, parts: StateParts): State
  /** When the last snapshot that uses it is gone. */
  close?(state: State): void
}

/** What a shared state may use. */
export interface StateParts {
  readonly clock: Clock
  /** Shows a number by the kind's `gauge`; nowhere without one. */
  readonly gauge: (value: number) => void
  /** Tells operators of a change, once. */
  readonly tell: (level: Notice['level'], message: string) => void
  /** Told of each URI of the service at which a request changed something, as long as the state is open. */
  onChange(listener: (uri: string) => void): void
}

/** What a policy is built of around one site. */
export interface PolicyParts<State = unknown> extends StackParts {
  readonly site: CallSite
  /** What `shared` opened for the site's key; undefined where there is no key. */
  readonly state: State | undefined
  readonly events: PolicyEvents
  /** Whether it is for this layer to tell the retry budget that a call begins: the outermost that draws on it does. */
  readonly deposits: boolean
  /** The endpoints of another service, open as long as this site is. */
  reach(target: ServiceTarget): ServiceEndpoints
}

/** Error codes in a list of a policy. */
export interface ListedCodes {
  readonly codes: readonly string[]
  /** Of the list, from the policy's key. */
  readonly path: readonly (string | number)[]
}

/** How long a call may take, and how that adds up, for people: `2 × 150ms + 10ms`. */
export interface WorstCase {
  readonly ms: number
  readonly sum: string
}

/**
 * One kind of policy around calls. Schema, checks, reference, explanations, pictures, worst case, metrics and what
 * outlives a reload follow from this; where it stands in the onion is its line in `operations/policies/index.ts`.
 */
export interface PolicyKind<
  Name extends string = string,
  Shape extends z.ZodType = z.ZodType,
  Owners extends PolicyOwner = PolicyOwner,
  // biome-ignore lint/suspicious/noExplicitAny: a list of kinds holds kinds of any config and state
  Config = any,
  // biome-ignore lint/suspicious/noExplicitAny: as above
  State = any,
> {
  /** The key that declares it. */
  readonly name: Name
  readonly on: readonly Owners[]
  /** What people may write. */
  readonly shape: Shape
  /** Whether `false` may stand in its place: not here, whatever holds around. */
  readonly off?: boolean
  /** Makes what holds of what was written, where that names something; undefined where it cannot, which is reported. */
  bind?(written: z.output<Shape>, binder: PolicyBinder): Config | undefined
  /** The operations it can stand around; all unless given. */
  misfit?(config: Config, operation: PolicyOperation): Misfit | undefined
  /** Lists of error codes in it, and where they stand: one that no call fails with is told. */
  errorCodes?(written: z.output<Shape>): readonly ListedCodes[]
  readonly shared?: SharedState<Config, State>
  /** Whether calls wait in it for others (`limit`, `bulkhead`), so that one that is to be refused anyway is refused before. */
  readonly holdsUp?: boolean
  /** Builds the layer around what is inside of it, once a site; undefined where this config needs none. */
  wrap(config: Config, parts: PolicyParts<State>): Policy | undefined
  /** A second layer, where it stands inside of one that holds calls up: before the outermost of those. */
  ahead?(config: Config, parts: PolicyParts<State>): Policy
  /** It gives answers of before, or of others: in a `repeat` it holds only where the route itself says so. */
  readonly givesEarlierAnswers?: boolean
  /** What it does with answers, beyond handing them on. */
  answerUse?(config: Config): AnswerUse
  /** It holds too where that other policy does, inside of which it stands, unless somebody says otherwise. */
  readonly impliedBy?: { readonly name: string; readonly config: Config }
  /** Whether its requests beside the first are paid from the service's retry budget. */
  readonly drawsOnRetryBudget?: boolean
  readonly events?: EventsDefinition
  readonly gauge?: GaugeDefinition
  /** What it does, in a few words, for explanations. */
  caption(config: Config): string
  /** What pictures show of it; nothing unless given. */
  drawing?(config: Config): string | undefined
  /** Where else the requests go. Such a policy is left away in tests of routes. */
  copiesTo?(config: Config): OtherReceiver
  /** Where else answers may lead it, which is then sent what is no credential. */
  leadsTo?(config: Config): readonly OtherReceiver[]
  /** How long a call takes at most, if what is inside takes `inner` and one attempt `attempt`; `inner` unless given. */
  worst?(config: Config, inner: WorstCase, attempt: WorstCase): WorstCase
  /** How many requests a call makes at most, if what is inside makes so many; as many unless given. */
  requests?(config: Config, inner: number): number
  /** For the reference: sentences after the shape's own description, in Markdown. */
  readonly notes?: string
  /** A line of YAML that declares it, run by the tests. */
  readonly example: string
}

/** Kinds of policies, outermost first. */
export type PolicyKinds = readonly PolicyKind[] & {
  /** False when there are others, of which nothing is known: then a key that is not here may be one of them. */
  readonly isWhole?: boolean
}

/** A policy that holds around a call. */
export interface SitePolicy {
  readonly kind: PolicyKind
  readonly config: unknown
}

/** How the calls of a place are recorded, where its route is durable. */
export interface RecordedSite {
  /** What the record calls it: no other place of the route has the name. */
  readonly place: string
  /** Whether a call of which nobody knows how it ended may be sent again. */
  readonly mayRepeat: boolean
  /** Whether it undoes another one. */
  readonly isCompensation: boolean
}

/** Everything about one place in a route that calls a backend, and the policies around its calls, which know it in turn. Plain data and closures. */
export interface CallSite {
  readonly route: string
  /** The step's id. */
  readonly step: string
  readonly service: ServiceTarget
  /** `recommend`; for an inline invoke the step's id. With the service's name it keys the breaker. */
  readonly operation: string
  /** `GET /recommend/{geo.city}`: low-cardinality, for spans and metrics. */
  readonly template: string
  /** Whether it may be sent twice: by its method, or by an idempotency key. */
  readonly idempotent?: boolean | undefined
  /** Whether it changes nothing: by its method, or as its operation says. */
  readonly safe?: boolean | undefined
  /** What its answers mean by a protocol above HTTP. */
  readonly dialect?: Dialect | undefined
  /** Of one attempt. */
  readonly timeoutMs: number
  /** What holds around its calls, outermost first. */
  readonly policies: readonly SitePolicy[]
  /** The class of the request, as an index in `priorities`; normal where nothing is said of it. */
  readonly priorityOf?: ((document: Document) => number) | undefined
  /** How it is recorded; undefined in a route that is not durable. */
  readonly recorded?: RecordedSite | undefined
  /** Whether its answers go into whole answers that are kept. */
  readonly isOfSharedAnswer?: boolean | undefined
  /** Headers that are credentials by what is in them: a secret color. Others are by their name (credentials.ts). */
  readonly secretHeaders?: readonly string[] | undefined
  /** Whether something in its body is a credential. */
  readonly hasSecretBody?: boolean | undefined
  readonly fallbacks: readonly Fallback[]
  readonly maxResponseBytes: number
  readonly isSuccess: (status: number) => boolean
  /**
   * Whether an answer can be used: a 200 without the body that is read of it cannot, nor, where a failure is provided for,
   * one that gives nothing.
   */
  readonly isUsable: (body: Body | undefined, status: number) => boolean
  /** Where bodies stay bytes: finds what is taken of one; undefined for a body that has to be parsed after all. */
  readonly indexBody?: ((bytes: Uint8Array) => Slices | undefined) | undefined
  /** What bodies are read as; by default JSON, by their content type. */
  readonly decoding?: Decoding | undefined
  /** The protocol that it is sent in; HTTP itself unless given. */
  readonly codec?: CallCodec | undefined
  /** Status → the code the service's `errors:` gives it. */
  readonly errorNames: ReadonlyMap<number, string>
  /**
   * Renders the request from the context. Throws `missing-input`, or for a value that cannot be placed the error of who
   * gave it; fallbacks cover those too.
   */
  readonly render: (document: Document) => CallRequest
}

/** Defines a kind of policy, its config's type taken from its shape, or from what it binds, its state's from what it shares. */
export function definePolicy<
  const Name extends string,
  Shape extends z.ZodType,
  const Owners extends PolicyOwner,
  Config = z.output<Shape>,
  State = undefined,
>(definition: PolicyKind<Name, Shape, Owners, Config, State>): PolicyKind<Name, Shape, Owners, Config, State> {
  return definition
}
