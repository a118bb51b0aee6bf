import type { IncomingMessage } from 'node:http'
import { pathOf } from '../http/strict.ts'

/** Below it each run is told of by its id. */
export const runsPath = '/-/runs/'

/** Whether a request asks for a run, where there are any: what answers it is loaded for the first one. */
export function isOfRuns(
  { runs }: { readonly runs: { readonly isEmpty: boolean } },
  request: IncomingMessage,
): boolean {
  return !runs.isEmpty && request.url!.includes(runsPath) && pathOf(request).startsWith(runsPath)
}
