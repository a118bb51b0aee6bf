import { GatewayError } from '../errors.ts'
import { runInTurns, type Work } from '../work.ts'

/** What a body comes as, or goes out as. */
export const formatNames = ['json', 'form', 'multipart', 'xml', 'csv', 'events', 'text', 'bytes'] as const
export type FormatName = (typeof formatNames)[number]

/** A body as it came, any content coding undone. */
export interface Encoded {
  readonly bytes: Uint8Array
  /** As its header has it. */
  readonly contentType: string | undefined
}

/** How far a decoder goes: what is beyond is refused. */
export interface DecodeLimits {
  readonly maxDepth: number
  /** Elements, attributes, cells, fields or parts. */
  readonly maxValues: number
}

/** A body that is ready to be sent. */
export interface Written {
  readonly bytes: string | Uint8Array
  readonly contentType: string
}

/** One format of bodies: a file beside this one, and a line in `index.ts`. */
export interface Format {
  readonly name: FormatName
  readonly summary: string
  /** Media types that are of it, for `Accept` and `Accept-Post`, the usual one first. */
  readonly mediaTypes: readonly string[]
  /** Whether a media type is of it: lower case, without parameters. */
  readonly matches: (mediaType: string) => boolean
  /** Whether all that it reads are texts, of which their colors say what they are. */
  readonly givesTexts: boolean
  /** @throws Unreadable */
  readonly decode: (body: Encoded, limits: DecodeLimits) => unknown
  /** The same in steps of some milliseconds, where a large body takes many. */
  readonly decodeInSteps?: (body: Encoded, limits: DecodeLimits) => Work<unknown>
  /** Undefined for what is only read. @throws Unwritable */
  readonly encode?: (value: unknown) => Written
}

const mostInOneGo = 64 * 1024

/**
 * Decodes a body: a large one in turns of the event loop, if its format takes many milliseconds for it; then it is a promise.
 * @param goesOn throws where nobody waits any more
 * @throws Unreadable
 */
export function decodeAnySize(
  format: Format,
  body: Encoded,
  limits: DecodeLimits,
  goesOn?: () => void,
): unknown | Promise<unknown> {
  return format.decodeInSteps && body.bytes.length > mostInOneGo
    ? runInTurns(format.decodeInSteps(body, limits), goesOn)
    : format.decode(body, limits)
}

/** A body that is not what it should be. Completes a sentence: `the answer is not valid JSON`. Never quotes the body. */
export class Unreadable extends Error {}

/** A value that a format has no way to write. Completes a sentence: `the body is no object`. */
export class Unwritable extends GatewayError {
  constructor(reason: string) {
    super('expression-failed', { reason })
  }
}
