import type { BulkheadPolicy, RatePolicy } from './policy.ts'

/** `100/s, 20 at once for each user.id` */
export function printRate({ perSecond, burst }: RatePolicy, by: readonly string[]): string {
  const [count, unit] =
    perSecond >= 1 ? [perSecond, 's'] : perSecond * 60 >= 1 ? [perSecond * 60, 'm'] : [perSecond * 3600, 'h']
  const apart = by.length > 0 ? ` for each ${by.join(', ')}` : ''
  return `${Math.round(count * 100) / 100}/${unit}, ${burst} at once${apart}`
}

/** `200 calls at once, 100 wait, fair by user.id` */
export function printBulkhead(
  what: string,
  { concurrent, queue, order }: BulkheadPolicy,
  by: string | undefined,
): string {
  const places =
    typeof concurrent === 'number'
      ? `${concurrent} ${what} at once`
      : `${concurrent.min}–${concurrent.max} ${what} at once, by response time`
  if (queue === 0) return places
  return `${places}, ${queue} wait, ${order}${by === undefined ? '' : ` by ${by}`}`
}
