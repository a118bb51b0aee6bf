import type { Language } from '../binding/color.ts'
import { bindEncoding } from '../binding/encoding.ts'
import { type BoundHeader, bindHeaders } from '../binding/headers.ts'
import type { Position } from '../binding/shape.ts'
import type { Location } from '../diagnostics/diagnostic.ts'
import type { BoundOperation, OperationInput, SentHeader } from './bound-operation.ts'
import type { PolicyOrigin } from './origin.ts'

/** `headers:` of somebody. */
export interface DeclaredHeaders {
  readonly value: Readonly<Record<string, unknown>>
  readonly position: Position
  readonly by: PolicyOrigin['by']
  /** Where what they read is told, in place of where they stand. */
  readonly toldAt?: Location | undefined
}

/** Binds headers of several, farthest first: of a name the nearest holds. */
export function bindSentHeaders(declared: readonly DeclaredHeaders[], language: Language): SentHeader[] {
  const headers = declared.flatMap(({ value: entries, position, by, toldAt }) =>
    bindHeaders(entries, 'request', position, language).map((header) => {
      const origin = { by, at: header.value.at }
      if (!toldAt) return { ...header, origin }
      const { value } = header
      return { ...header, origin, value: { ...value, reads: value.reads.map((read) => ({ ...read, at: toldAt })) } }
    }),
  )
  return nearestOf(headers)
}

const nearestOf = (headers: readonly SentHeader[]) => [
  ...new Map(headers.map((header) => [header.name, header])).values(),
]

/** Whether a request carries a key by which its service may know a second one. */
export function hasIdempotencyKey(headers: readonly BoundHeader[]): boolean {
  return headers.some(({ name }) => name === 'idempotency-key')
}

/** An operation as a step calls it that sends headers of its own: they win over whatever the operation puts there. */
export function withHeaders(
  operation: BoundOperation,
  own: readonly SentHeader[],
  position: Position,
  language: Language,
): BoundOperation {
  if (own.length === 0) return operation
  const names = new Set(own.map(({ name }) => name))
  const inputs = operation.inputs.filter(({ locator }) => locator.in !== 'header' || !names.has(locator.name))
  const headers = nearestOf([...operation.headers, ...own])
  if (operation.service.auth) refuseAnotherAuthorization([], own, language)
  const { body, definition } = operation
  const hasBody = body !== undefined || inputs.some(({ locator }) => locator.in === 'body')
  if (names.has('content-type') && hasBody)
    bindEncoding({ encode: definition.encode, headers, hasBody, body }, position, language)
  return {
    ...operation,
    inputs,
    headers,
    reads: [...(body?.reads ?? []), ...headers.flatMap(({ value }) => value.reads)],
    idempotent: operation.mayRepeat || hasIdempotencyKey(headers),
  }
}

/** What the service is shown stands in `authorization`: what an operation puts there would be lost, or go beside it. */
export function refuseAnotherAuthorization(
  inputs: readonly OperationInput[],
  headers: readonly BoundHeader[],
  { diagnostics }: Language,
): void {
  const message = '`authorization` is what `auth` of the service says'
  const places = [
    ...inputs.flatMap(({ locator, at }) => (locator.in === 'header' && locator.name === 'authorization' ? at : [])),
    ...headers.flatMap(({ name, value }) => (name === 'authorization' ? value.at : [])),
  ]
  for (const at of places) diagnostics.add('invalid-value', message, at, 'leave one of them away')
}
