import * as z from 'zod'
import type { BoundTemplate } from '../binding/bind.ts'
import { bindBody } from '../binding/bind.ts'
import type { Language } from '../binding/color.ts'
import { bindEncoding, encodeShape } from '../binding/encoding.ts'
import { type BoundHeader, bindHeaders, headersShape } from '../binding/headers.ts'
import { template } from '../binding/scalars.ts'
import { type Position, within } from '../binding/shape.ts'
import { type BoundStatus, bindStatus, statusShape } from '../binding/status.ts'
import { metered, suspect } from '../binding/too-much-work.ts'
import { UnfitValue } from '../binding/unfit-value.ts'
import type { Document } from '../expressions/document.ts'
import { enter, spendOnPrinting, workOf } from '../expressions/work.ts'
import { type Format, Unwritable } from '../formats/format.ts'
import { json } from '../formats/json.ts'
import { Exit } from './context.ts'

const leastStatus = 200

/** The keys of an answer: a route's `response`, and a `respond` step. */
export const responseShape = z.strictObject({
  status: statusShape(leastStatus).default(200).describe('Its HTTP status, or a template that gives it.'),
  headers: headersShape.optional().describe('Header: template; one that gives nothing is left out.'),
  body: template.optional().describe('Template of the body.'),
  encode: encodeShape.optional().describe('What the body is written as; `json` by default.'),
})

/** The same of a route, whose answer may go out in parts. */
export const routeResponseShape = responseShape.extend({
  stream: z
    .boolean()
    .optional()
    .describe(
      'Who asks for `text/event-stream` or `application/jsonl` gets each member of the body as soon as what it reads is there, then `end` with what is degraded, or `error`. Others get the whole.',
    ),
})

export type ResponseDefinition = z.output<typeof responseShape> & { readonly stream?: boolean | undefined }

/** An answer with its templates bound. */
export interface BoundResponse {
  readonly status: BoundStatus
  readonly headers: readonly BoundHeader[]
  readonly body: BoundTemplate | undefined
  readonly encoding: Format
  readonly reads: BoundTemplate['reads']
  /** Whether it goes out in parts to who asks for them. */
  readonly streams: boolean
}

export function bindResponse(definition: ResponseDefinition, position: Position, language: Language): BoundResponse {
  const status = bindStatus(definition.status, leastStatus, within(position, 'status'), language)
  const headers = bindHeaders(definition.headers ?? {}, 'response', within(position, 'headers'), language)
  const body = definition.body === undefined ? undefined : bindBody(definition.body, within(position, 'body'), language)
  return {
    status,
    headers,
    body,
    encoding: bindEncoding(
      { encode: definition.encode, headers, hasBody: body !== undefined, body },
      position,
      language,
    ),
    reads: [...status.reads, ...headers.flatMap((header) => header.value.reads), ...(body?.reads ?? [])],
    streams: definition.stream === true,
  }
}

/** Compiles the headers of an answer: those that give something. */
export function compileHeaders({ headers }: BoundResponse): (document: Document) => Record<string, unknown> {
  const compiled = headers.map(({ name, value }) => ({ name, evaluate: value.evaluate }))
  return (document) => {
    const filled: Record<string, unknown> = {}
    for (const { name, evaluate } of compiled) {
      const value = evaluate(document)
      if (value !== undefined && value !== null) filled[name] = value
    }
    return filled
  }
}

/**
 * Compiles an answer: it is filled from the context and ends the route. `writeBody` gives the body as JSON text where it
 * can; where it gives undefined the template makes it. `blame` says who gave a value that no such body can hold.
 */
export function compileResponse(
  response: BoundResponse,
  blame: (thrown: unknown) => unknown,
  writeBody?: (document: Document) => Uint8Array | undefined,
): (document: Document) => Exit {
  const fillHeaders = compileHeaders(response)
  const evaluateBody = response.body?.evaluate
  const makeBody = writeBody
    ? metered((document) => writeBody(document) ?? evaluateBody?.(document), response.body?.reads ?? [])
    : evaluateBody
  const write = response.encoding === json ? undefined : compileWriter(response, blame)
  return (document) => {
    const filled = fillHeaders(document)
    let body = makeBody?.(document)
    if (write && body !== undefined) body = write(body, filled, document)
    if (body === undefined) delete filled['content-type']
    const blameFor = (thrown: unknown) => suspect(thrown, response.reads, document)
    return new Exit(response.status.fixed ?? response.status.evaluate(document), filled, body, blameFor, response)
  }
}

/** Writes a body that is not sent as JSON, and says what it is where the file does not. */
function compileWriter({ encoding, body }: BoundResponse, blame: (thrown: unknown) => unknown) {
  const encode = encoding.encode!
  const origin = { name: 'the body', references: body?.reads.map(({ reference }) => reference) ?? [] }
  return (value: unknown, headers: Record<string, unknown>, document: Document): Uint8Array => {
    enter(document[workOf])
    spendOnPrinting(value)
    try {
      const { bytes, contentType } = encode(value)
      headers['content-type'] ??= contentType
      return Buffer.from(bytes as string)
    } catch (thrown) {
      throw thrown instanceof Unwritable ? blame(new UnfitValue(thrown.message, [origin])) : thrown
    }
  }
}
