/**
 * Steps over what a JSON text is made of (RFC 8259). At least 32 zero bytes stand behind every text: they end each
 * loop here, and 16 bytes can be loaded anywhere in it.
 */

const QUOTE: u32 = 0x22
const BACKSLASH: u32 = 0x5c

/** Behind the white space that may stand here. */
export function skipSpace(at: usize): usize {
  let c: u32 = load<u8>(at)
  while (c <= 0x20 && (c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09)) c = load<u8>(++at)
  return at
}

/** The first quote, backslash or control character from here. */
export function findSpecial(at: usize): usize {
  while (true) {
    const bytes = v128.load(at)
    const special = v128.or(
      v128.or(i8x16.eq(bytes, i8x16.splat(0x22)), i8x16.eq(bytes, i8x16.splat(0x5c))),
      i8x16.le_u(bytes, i8x16.splat(0x1f)),
    )
    const mask = i8x16.bitmask(special)
    if (mask !== 0) return at + ctz(mask)
    at += 16
  }
}

/** Behind the quote that closes a string, from anywhere inside it; 0 for what is no string. */
export function skipString(at: usize): usize {
  while (true) {
    at = findSpecial(at)
    const c: u32 = load<u8>(at)
    if (c === QUOTE) return at + 1
    if (c !== BACKSLASH) return 0
    at = skipEscape(at)
    if (at === 0) return 0
  }
}

function skipEscape(at: usize): usize {
  const c: u32 = load<u8>(at, 1)
  if (c !== 0x75) {
    const known =
      c === 0x22 || c === 0x5c || c === 0x2f || c === 0x62 || c === 0x66 || c === 0x6e || c === 0x72 || c === 0x74
    return known ? at + 2 : 0
  }
  for (let i: usize = 2; i < 6; i++) if (!isHexadecimal(load<u8>(at + i))) return 0
  return at + 6
}

function isHexadecimal(c: u32): bool {
  return isDigit(c) || (c | 0x20) - 0x61 < 6
}

export function isDigit(c: u32): bool {
  return c - 0x30 < 10
}

function skipDigits(at: usize): usize {
  if (!isDigit(load<u8>(at))) return 0
  do at++
  while (isDigit(load<u8>(at)))
  return at
}

/** Behind a number, true, false or null; 0 for anything else. */
export function skipWord(at: usize): usize {
  const c: u32 = load<u8>(at)
  if (c === 0x74) return load<u32>(at) === 0x65757274 ? at + 4 : 0
  if (c === 0x66) return load<u32>(at, 1) === 0x65736c61 ? at + 5 : 0
  if (c === 0x6e) return load<u32>(at) === 0x6c6c756e ? at + 4 : 0
  return skipNumber(at)
}

function skipNumber(at: usize): usize {
  if (load<u8>(at) === 0x2d) at++
  if (load<u8>(at) === 0x30) at++
  else {
    at = skipDigits(at)
    if (at === 0) return 0
  }
  if (load<u8>(at) === 0x2e) {
    at = skipDigits(at + 1)
    if (at === 0) return 0
  }
  if ((load<u8>(at) | 0x20) === 0x65) {
    at++
    const sign: u32 = load<u8>(at)
    at = skipDigits(sign === 0x2b || sign === 0x2d ? at + 1 : at)
  }
  return at
}
