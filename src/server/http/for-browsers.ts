import type { IncomingMessage } from 'node:http'
import type { Browsers } from '../../browsers/browsers.ts'
import { schemeOf } from './connection.ts'

/**
 * What the answer to a request carries for browsers, whatever it is: names and values in turn. Without a request, which was
 * not understood, it is what everybody is told.
 */
export function headersForBrowser(
  browsers: Browsers | undefined,
  request: IncomingMessage | undefined,
): readonly string[] | undefined {
  return browsers?.answerHeaders?.(request?.headers.origin, request !== undefined && schemeOf(request) === 'https')
}
