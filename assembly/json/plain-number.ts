import { isDigit } from './scan'

const MINUS: u32 = 0x2d
const ZERO: u32 = 0x30
const POINT: u32 = 0x2e
const MOST_DIGITS: usize = 15

/** Behind a whole number that JavaScript prints the way it is written, as nearly all are; 0 for whatever is none, or may be none. */
export function skipPlainWhole(at: usize): usize {
  const start = at
  let c: u32 = load<u8>(at)
  if (c - 0x31 > 8) return 0
  do c = load<u8>(++at)
  while (isDigit(c))
  return c === POINT || (c | 0x20) === 0x65 || at - start > MOST_DIGITS ? 0 : at
}

/**
 * Whether JavaScript prints a JSON number the way it is written: no exponent, at most 15 digits, no zero at the end of
 * a fraction, not minus zero, and not below a millionth.
 */
export function isPlainNumber(number: usize, length: usize): bool {
  const end = number + length
  const isNegative = load<u8>(number) === MINUS
  const integer = isNegative ? number + 1 : number
  let at = integer
  while (at < end && isDigit(load<u8>(at))) at++
  if (at === end) return end - integer <= MOST_DIGITS && !(isNegative && load<u8>(integer) === ZERO)
  if (load<u8>(at) !== POINT || end - integer > MOST_DIGITS + 1) return false
  const fraction = at + 1
  at = fraction
  while (at < end && isDigit(load<u8>(at))) at++
  if (at < end || load<u8>(end - 1) === ZERO) return false
  return load<u8>(integer) !== ZERO || isMillionth(fraction)
}

/** Whether one of the first six digits of a fraction, which ends with another digit than 0, is another digit than 0. */
function isMillionth(fraction: usize): bool {
  for (let i: usize = 0; i < 6; i++) if (load<u8>(fraction + i) !== ZERO) return true
  return false
}

/** Whether it is a whole number of over 400 digits: nobody reads those (src/numbers.ts). */
export function isLongWhole(number: usize, length: usize): bool {
  const end = number + length
  const digits = load<u8>(number) === MINUS ? number + 1 : number
  if (end - digits <= 400) return false
  for (let at = digits; at < end; at++) if (!isDigit(load<u8>(at))) return false
  return true
}
