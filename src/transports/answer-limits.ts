/**
 * What of one answer is read besides its body, by every transport: a limit counts what is read and held, whatever it is
 * called. All of it together is under 100 KB more than `maxResponseBody`.
 */

/** Of a head, of all interim answers (1xx) together, of the trailers. */
export const maxHeadBytes = 16 * 1024

/** Of the sizes, extensions and trailers of chunks, beyond what the body leaves of its own limit. */
export const framingAllowanceBytes = 64 * 1024

/** How many bytes may come for one answer in all. */
export const mostAnswerBytes = (maxBodyBytes: number): number => maxBodyBytes + framingAllowanceBytes + 2 * maxHeadBytes
