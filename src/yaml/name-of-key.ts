import type { Scalar } from 'yaml'

/** A key is text, as it is written: `007` and `1.10` too. */
export function nameOfKey({ value, source }: Scalar): string {
  return typeof value === 'string' || source === undefined || source === '' ? String(value) : source
}
