import * as z from 'zod'
import type { BoundTemplate } from '../binding/bind.ts'
import { bindTemplate } from '../binding/bind.ts'
import type { Language } from '../binding/color.ts'
import { type BoundHeader, bindHeaders, headersShape } from '../binding/headers.ts'
import { template } from '../binding/scalars.ts'
import { type Position, within } from '../binding/shape.ts'
import { metered, suspect } from '../binding/too-much-work.ts'
import type { Document } from '../expressions/document.ts'
import { Exit } from './context.ts'

/** The keys of an answer: a route's `response`, and a `respond` step. */
export const responseShape = z.strictObject({
  status: z.int().min(200).max(599).default(200).describe('Its HTTP status.'),
  headers: headersShape.optional().describe('Header: template; one that gives nothing is left out.'),
  body: template.optional().describe('Template of the body, which is sent as JSON.'),
})

export type ResponseDefinition = z.output<typeof responseShape>

/** An answer with its templates bound. */
export interface BoundResponse {
  readonly status: number
  readonly headers: readonly BoundHeader[]
  readonly body: BoundTemplate | undefined
  readonly reads: BoundTemplate['reads']
}

export function bindResponse(definition: ResponseDefinition, position: Position, language: Language): BoundResponse {
  const headers = bindHeaders(definition.headers ?? {}, 'response', within(position, 'headers'), language)
  const body =
    definition.body === undefined ? undefined : bindTemplate(definition.body, within(position, 'body'), language)
  return {
    status: definition.status,
    headers,
    body,
    reads: [...headers.flatMap((header) => header.value.reads), ...(body?.reads ?? [])],
  }
}

/**
 * Compiles an answer: it is filled from the context and ends the route. `writeBody` gives the body as JSON text where it
 * can; where it gives undefined the template makes it.
 */
export function compileResponse(
  response: BoundResponse,
  writeBody?: (document: Document) => Uint8Array | undefined,
): (document: Document) => Exit {
  const headers = response.headers.map(({ name, value }) => ({ name, evaluate: value.evaluate }))
  const evaluateBody = response.body?.evaluate
  const makeBody = writeBody
    ? metered((document) => writeBody(document) ?? evaluateBody?.(document), response.body?.reads ?? [])
    : evaluateBody
  return (document) => {
    const filled: Record<string, unknown> = {}
    for (const { name, evaluate } of headers) {
      const value = evaluate(document)
      if (value !== undefined && value !== null) filled[name] = value
    }
    return new Exit(response.status, filled, makeBody?.(document), (thrown) =>
      suspect(thrown, response.reads, document),
    )
  }
}
