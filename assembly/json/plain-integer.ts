import { isDigit } from './scan'

const MOST_DIGITS: usize = 15

/** Whether a JSON number is an integer that JavaScript prints the way it is written. */
export function isPlainInteger(at: usize, length: usize): bool {
  const end = at + length
  if (load<u8>(at) === 0x2d) {
    at++
    if (load<u8>(at) === 0x30) return false
  }
  if (end - at > MOST_DIGITS) return false
  while (at < end) if (!isDigit(load<u8>(at++))) return false
  return true
}
