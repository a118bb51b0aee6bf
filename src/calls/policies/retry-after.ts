/** What asks to wait with these; elsewhere the header means something else (RFC 9110 section 10.2.3). */
const asksToWait = new Set([429, 503])

/**
 * How long a backend asks to wait before the next request, in milliseconds: the `Retry-After` of a 429 or 503, seconds
 * or a date. Undefined where it does not say, or not in a way that can be read.
 * @param epochMs now, for a date
 */
export function readRetryAfter(
  status: number,
  header: string | string[] | undefined,
  epochMs: number,
): number | undefined {
  if (typeof header !== 'string' || !asksToWait.has(status)) return undefined
  const text = header.trim()
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000
  const date = /^[A-Z][a-z]{2,8}, \d/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(date) ? undefined : Math.max(0, date - epochMs)
}
