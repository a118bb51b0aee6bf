import type { CallSite } from './call.ts'

/** For what no policy of a site counts: waiting for a connection, a busy event loop. */
const slackMs = 1000

/** How long a call may take that no request's budget cuts: every attempt to its end, and the waits between them. */
export function longestCallMs({ timeoutMs, retry }: Pick<CallSite, 'timeoutMs' | 'retry'>): number {
  if (!retry) return timeoutMs + slackMs
  let waitsMs = 0
  for (let failures = 1; failures < retry.attempts; failures++) {
    waitsMs += retry.backoff === 'exponential' ? retry.delayMs * 2 ** (failures - 1) : retry.delayMs
  }
  return retry.attempts * timeoutMs + waitsMs + slackMs
}
