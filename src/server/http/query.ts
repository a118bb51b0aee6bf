import { GatewayError } from '../../errors.ts'
import { Unreadable } from '../../formats/format.ts'
import { parseUrlEncoded } from '../../formats/url-encoded.ts'

/**
 * Reads the query of a request.
 * @throws GatewayError `invalid-input`
 */
export function readQuery(text: string): Record<string, string | string[]> {
  try {
    return parseUrlEncoded(text)
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    throw new GatewayError('invalid-input', { faults: [{ in: 'query', detail: `it ${error.message}` }] })
  }
}
