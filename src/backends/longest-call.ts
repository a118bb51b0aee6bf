import type { CallSite } from './call.ts'

/** For what no policy of a site counts: waiting for a connection, a busy event loop. */
const slackMs = 1000

/** How long a call may take that no request's budget cuts: every attempt to its end, and the waits between them. */
export function longestCallMs({ timeoutMs, retry, hedge }: Pick<CallSite, 'timeoutMs' | 'retry' | 'hedge'>): number {
  // A hedge begins while the one before it is not over.
  const besideMs = (hedge?.max ?? 0) * timeoutMs
  if (!retry) return timeoutMs + besideMs + slackMs
  let waitsMs = 0
  for (let failures = 1; failures < retry.attempts; failures++) {
    waitsMs += retry.backoff === 'exponential' ? retry.delayMs * 2 ** (failures - 1) : retry.delayMs
  }
  return retry.attempts * timeoutMs + waitsMs + besideMs + slackMs
}
