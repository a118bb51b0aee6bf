import { GatewayError } from '../errors.ts'
import { isUtf8Charset } from '../formats/charset.ts'
import { charsetOf } from '../formats/content-type.ts'
import { decodeAnySize, type Format, Unreadable } from '../formats/format.ts'
import { chooseFormat } from '../formats/index.ts'
import { json } from '../formats/json.ts'
import { Body } from '../json/body.ts'
import type { RequestParts } from '../plan/request-parts.ts'
import { refuse } from './refusals.ts'
import type { Client, ReceivedBody } from './stage.ts'

/** Deeper than any honest request, and far from where a recursive walk overflows the stack. */
export const maxBodyDepth = 200
const limits = { maxDepth: maxBodyDepth, maxValues: 100_000 }

/**
 * What a client's body is read as: what its content type says, among what the route takes. A client that says nothing
 * sends JSON, where that is taken, unless it is a browser with a page of another site: such pages may send what has no
 * type anywhere, their visitors' cookies with it, and JSON may not be sent so.
 * @throws GatewayError `unsupported-media-type`, and the client is told what is taken
 */
export function formatOfRequest(
  headers: RequestParts['headers'],
  accepted: readonly Format[],
  client: Pick<Client, 'addHeaders'>,
): Format {
  const contentType = headers['content-type']
  const untyped = isFromOtherSite(headers) ? undefined : accepted.find((one) => one === json)
  const format = contentType === undefined ? untyped : chooseFormat(contentType, accepted)
  if (format) return format
  const types = accepted.flatMap(({ mediaTypes }) => mediaTypes).join(', ')
  client.addHeaders(['accept-post', types])
  throw refuse('unsupported-media-type', `send ${types}`)
}

/** As browsers say it (Fetch Metadata); those that say nothing name an origin when they send a body. */
function isFromOtherSite(headers: RequestParts['headers']): boolean {
  const site = headers['sec-fetch-site']
  return site === undefined ? headers['origin'] !== undefined : site !== 'same-origin' && site !== 'none'
}

/**
 * A promise only where a large body is read in turns.
 * @throws GatewayError `invalid-input`
 */
export function decodeReceived(
  received: ReceivedBody,
  format: Format,
  contentType: string | undefined,
): unknown | Promise<unknown> {
  if ('value' in received) return received.value
  const { bytes } = received
  const plain = format === json && isUtf8Charset(charsetOf(contentType)) ? Body.ofBytes(bytes, maxBodyDepth) : undefined
  if (plain) return plain.value
  try {
    const value = decodeAnySize(format, { bytes, contentType }, limits)
    return value instanceof Promise ? value.catch(refuseBody) : value
  } catch (error) {
    return refuseBody(error)
  }
}

function refuseBody(error: unknown): never {
  if (!(error instanceof Unreadable)) throw error
  throw new GatewayError('invalid-input', { faults: [{ in: 'body', detail: `it ${error.message}` }] })
}
