import { EXPONENT, isDigit, numberForm, WHOLE } from './scan'

const MINUS: u32 = 0x2d
const ZERO: u32 = 0x30
const MOST_DIGITS: usize = 15

/** Whether JavaScript may print the number skipped last another way. Of most the form and a few bytes tell. */
export function isRareNumber(number: usize, length: usize): bool {
  if (length > MOST_DIGITS || numberForm === EXPONENT) return !isPlainNumber(number, length)
  const first: u32 = load<u8>(number)
  if (numberForm === WHOLE) return first === MINUS && load<u8>(number, 1) === ZERO
  if (first === MINUS || (first === ZERO && load<u8>(number, 2) === ZERO)) return !isPlainNumber(number, length)
  return load<u8>(number + length - 1) === ZERO
}

/**
 * Whether JavaScript prints a JSON number the way it is written: no exponent, at most 15 digits, no zero at the end of
 * a fraction, not minus zero, and not below a millionth.
 */
function isPlainNumber(number: usize, length: usize): bool {
  const end = number + length
  const isNegative = load<u8>(number) === MINUS
  const integer = isNegative ? number + 1 : number
  let at = integer
  while (at < end && isDigit(load<u8>(at))) at++
  if (at === end) return end - integer <= MOST_DIGITS && !(isNegative && load<u8>(integer) === ZERO)
  if (load<u8>(at) !== 0x2e || end - integer > MOST_DIGITS + 1) return false
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
