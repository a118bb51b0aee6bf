import type { BoundTemplate } from '../binding/bind.ts'
import type { BoundHeader } from '../binding/headers.ts'
import type { Read } from '../binding/reference.ts'
import type { Position } from '../binding/shape.ts'
import type { CallCodec } from '../calls/codec.ts'
import type { Decoding } from '../calls/decoding.ts'
import type { Dialect } from '../calls/dialect.ts'
import type { ServiceTarget } from '../calls/service-target.ts'
import type { Location } from '../diagnostics/diagnostic.ts'
import type { Path } from '../expressions/path.ts'
import type { JsonSchema } from '../expressions/schema.ts'
import type { Format } from '../formats/format.ts'
import type { Root } from './grpc/library.ts'
import type { Locator } from './locator.ts'
import type { OperationDefinition } from './operation.ts'
import type { PolicyOrigin } from './origin.ts'
import type { PathTemplate } from './path-template.ts'

/** A color that an operation takes. */
export interface OperationInput {
  readonly color: string
  readonly optional: boolean
  readonly locator: Locator
  readonly at: Location
}

/** A header that it sends, and who says it. */
export interface SentHeader extends BoundHeader {
  readonly origin: PolicyOrigin
}

/** What stands in every body of an operation. */
export interface FixedPart {
  readonly path: Path
  readonly value: unknown
}

/** A color that an operation gives. */
export interface OperationOutput {
  readonly color: string
  readonly locator: Locator
  /** The color's type. */
  readonly schema: JsonSchema | undefined
  readonly at: Location
}

/** The service an operation belongs to, as far as calls need it. */
export interface ServiceInfo extends ServiceTarget {
  /** What it defines of gRPC; `unread` where that could not be read, which is reported. */
  readonly proto?: Root | 'unread' | undefined
  /** The color that its balancer chooses by. */
  readonly spreadOn?: string | undefined
  /** What its balancer and its split read of the context for every call. */
  readonly reads?: readonly Read[]
}

/** An operation checked against the dictionary: what it takes, gives and reads, with everything parsed. */
export interface BoundOperation {
  readonly service: ServiceInfo
  readonly name: string
  readonly method: string
  /** Whether it may be sent twice with the effect of once, by its method or as its service says. */
  readonly mayRepeat: boolean
  /** The same, or its requests carry a key by which its service may know a second one. */
  readonly idempotent: boolean
  /** Whether it changes nothing. */
  readonly safe: boolean
  /** What its answers mean by a protocol above HTTP. */
  readonly dialect: Dialect | undefined
  readonly path: PathTemplate
  /** `GET /recommend/{geo.city}` */
  readonly template: string
  readonly inputs: readonly OperationInput[]
  readonly outputs: readonly OperationOutput[]
  /** What all operations of its service take of answers to the same method and path: those are one document. */
  readonly answers?: () => readonly OperationOutput[]
  readonly body: BoundTemplate | undefined
  /** Parts of its body beside its inputs. */
  readonly fixed: readonly FixedPart[]
  /** What its body is written as. */
  readonly encoding: Format
  /** The protocol that it is sent in, where it is not HTTP. */
  readonly codec?: CallCodec | undefined
  /** What its answers are read as, where the file says so. */
  readonly decoding: Decoding | undefined
  readonly headers: readonly SentHeader[]
  /** What its body, headers and fallbacks read of the context. */
  readonly reads: readonly Read[]
  readonly isSuccess: (status: number) => boolean
  readonly errorNames: ReadonlyMap<number, string>
  readonly definition: OperationDefinition
  /** False when something that it gives or raises could not be read. */
  readonly isWhole: boolean
  readonly position: Position
}
