import type { Scope } from '../cancellation.ts'
import { isUtf8Charset } from '../formats/charset.ts'
import { charsetOf } from '../formats/content-type.ts'
import { decodeAnySize, type Format, Unreadable } from '../formats/format.ts'
import { chooseFormat, formatOf, formatsOf } from '../formats/index.ts'
import { json } from '../formats/json.ts'
import { Body } from '../json/body.ts'
import { isNumber } from '../numbers.ts'
import type { IncomingResponse } from '../transports/transport.ts'
import { decompress } from './content-coding.ts'
import type { Decoding } from './decoding.ts'
import type { CallSite } from './policy.ts'
import { unusable } from './unusable.ts'

/** Deeper than any honest answer, and far from where a recursive walk overflows the stack. */
export const maxDepth = 500
const limits = { maxDepth, maxValues: 100_000 }

const usualType = 'application/json'
/** What nearly every answer is, and need not be taken apart. */
function isUsual(contentType: string | undefined): boolean {
  return (
    contentType === usualType ||
    contentType === undefined ||
    contentType === 'application/json; charset=utf-8' ||
    contentType === 'application/json;charset=utf-8'
  )
}

const asText: { readonly decoding: Decoding } = { decoding: { as: 'text' } }

/** How a site reads bodies. */
type Reading = Partial<Pick<CallSite, 'indexBody' | 'decoding'>>

/**
 * Reads a body as its site says, else as JSON: that is indexed where `indexBody` can, else checked and parsed. Undefined
 * where there is none. Numbers keep their value, and a `__proto__` member is an own property like any other. A promise
 * only where there is a content coding, which we never ask for, or a large body is read in turns; it rejects with the
 * scope's reason when that is cancelled first.
 * @throws GatewayError `invalid-response`
 */
export function decodeBody(
  incoming: IncomingResponse,
  maxBytes: number,
  scope: Scope,
  site: Reading = {},
): Body | undefined | Promise<Body | undefined> {
  const { contentEncoding, body } = incoming
  if (body.length === 0 && (site.decoding === undefined || hasNoContent(incoming))) return undefined
  const format = chooseFor(incoming, site.decoding)
  return contentEncoding === undefined || contentEncoding === 'identity'
    ? read(incoming, body, format, site, scope)
    : decompress(incoming, contentEncoding, maxBytes, scope).then((bytes) => read(incoming, bytes, format, site, scope))
}

/** What a backend is told that can be read. */
export function acceptOf(decoding: Decoding | undefined): string {
  if (!decoding) return usualType
  const formats = 'as' in decoding ? [formatOf(decoding.as)] : formatsOf(decoding.among)
  return formats.flatMap(({ mediaTypes }) => mediaTypes).join(', ')
}

/** The body of a failure: its value where it is JSON, else its text; undefined where it is neither. */
export async function decodeFailure(incoming: IncomingResponse, maxBytes: number, scope: Scope): Promise<unknown> {
  for (const site of [{}, asText]) {
    try {
      return (await decodeBody(incoming, maxBytes, scope, site))?.value
    } catch {
      scope.throwIfCancelled()
    }
  }
  return undefined
}

/** A body that was read before, from its bytes. */
export function restoreBody(
  site: Reading,
  bytes: Uint8Array | undefined,
  headers: IncomingResponse['headers'],
): Body | undefined {
  if (bytes === undefined) return undefined
  const contentType = contentTypeOf(headers)
  const format = chooseFor({ status: 200, headers, contentType }, site.decoding)
  return decodeAs(format, bytes, contentType, site)
}

/** Whether what is in a body that was read so are texts, of which colors say what they are. */
export function holdsTexts(decoding: Decoding, headers: IncomingResponse['headers']): boolean {
  return chooseFor({ status: 200, headers, contentType: contentTypeOf(headers) }, decoding).givesTexts
}

function contentTypeOf({ 'content-type': type }: IncomingResponse['headers']): string | undefined {
  return type === undefined ? undefined : String(type)
}

/** Statuses whose answers have no content (RFC 9110 section 6.4.1). */
function hasNoContent({ status }: IncomingResponse): boolean {
  return status === 204 || status === 205 || status === 304
}

function chooseFor(
  incoming: Pick<IncomingResponse, 'status' | 'headers' | 'contentType'>,
  decoding: Decoding | undefined,
): Format {
  const { contentType } = incoming
  if (decoding && 'as' in decoding) return formatOf(decoding.as)
  if (contentType === undefined) {
    if (!decoding || decoding.among.includes('json')) return json
    throw unusable(incoming, 'the answer has no content type')
  }
  if (!decoding && isUsual(contentType)) return json
  const format = chooseFormat(contentType, decoding ? formatsOf(decoding.among) : [json])
  if (format) return format
  const detail = decoding ? `${decoding.among.join(', ')} by its content type` : 'JSON by its content type'
  throw unusable(incoming, `the answer is not ${detail}`)
}

function read(
  incoming: IncomingResponse,
  bytes: Uint8Array,
  format: Format,
  site: Reading,
  scope: Scope,
): Body | Promise<Body> {
  const refuse = (error: unknown): never => {
    throw error instanceof Unreadable ? unusable(incoming, `the answer ${error.message}`) : error
  }
  try {
    if (format.decodeInSteps) {
      const value = decodeAnySize(format, { bytes, contentType: incoming.contentType }, limits, () =>
        scope.throwIfCancelled(),
      )
      return value instanceof Promise
        ? value.then((read) => Body.ofValue(read, bytes)).catch(refuse)
        : Body.ofValue(value, bytes)
    }
    const body = decodeAs(format, bytes, incoming.contentType, site)
    if (format === json && !isContainer(bytes) && hasNoEnd(incoming) && isNumber(body.value))
      throw new Unreadable('may be incomplete')
    return body
  } catch (error) {
    return refuse(error)
  }
}

/** @throws Unreadable */
function decodeAs(format: Format, bytes: Uint8Array, contentType: string | undefined, site: Reading): Body {
  const staysBytes = format === json && (isUsual(contentType) || isUtf8Charset(charsetOf(contentType)))
  const body = staysBytes ? index(bytes, site) : undefined
  return body ?? Body.ofValue(format.decode({ bytes, contentType }, limits), bytes)
}

function index(bytes: Uint8Array, { indexBody }: Reading): Body | undefined {
  const slices = indexBody?.(bytes)
  return slices ? Body.ofSlices(bytes, slices) : Body.ofBytes(bytes, maxDepth)
}

/** Whether it begins as an object or a list, which show it when their end is missing. */
function isContainer(bytes: Uint8Array): boolean {
  return bytes[0] === 0x7b || bytes[0] === 0x5b
}

/** A body that ends where the connection does may have lost its end: every JSON value but a number shows that. */
function hasNoEnd({ headers }: IncomingResponse): boolean {
  return headers['content-length'] === undefined && headers['transfer-encoding'] === undefined
}
