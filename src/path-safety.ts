/**
 * Whether a path, or a value that goes into one, could lead out of the place that was meant, or be read in two ways,
 * however often whoever reads it decodes it: `.` or `..` as a segment, an overlong form of UTF-8, a NUL. Of all
 * decodings there is one end, whatever their order, since no two escapes overlap; it is made in one pass.
 *
 * An escape that is malformed stands for itself here, as `100%` does: decoding goes on behind it.
 */
export function isUnsafePath(text: string): boolean {
  // Nothing below can be made of anything else.
  if (!text.includes('%') && !text.includes('.') && !text.includes('\0')) return false
  const codes = new Uint16Array(text.length)
  return holdsTrap(codes, decodeToEnd(text, codes))
}

const malformedEscape = /%(?![0-9a-f]{2})/i

/** Whether every `%` of a request target begins an escape. */
export function hasMalformedEscape(target: string): boolean {
  return target.includes('%') && malformedEscape.test(target)
}

const percent = 0x25
/** What an escape above ASCII decodes to is kept apart from characters: no text has two such halves in a row. */
const byte = 0xdc00

/** Writes the codes of what is left when nothing can be decoded any more; gives how many. */
function decodeToEnd(text: string, codes: Uint16Array): number {
  let length = 0
  for (let at = 0; at < text.length; at++) {
    codes[length++] = text.charCodeAt(at)
    // What was decoded may be the end of another escape.
    while (length >= 3 && codes[length - 3] === percent) {
      const high = hexDigit(codes[length - 2]!)
      const low = hexDigit(codes[length - 1]!)
      if (high < 0 || low < 0) break
      length -= 3
      const code = high * 16 + low
      codes[length++] = code < 0x80 ? code : byte | code
    }
  }
  return length
}

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const letter = code | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}

const notDots = -1

function holdsTrap(codes: Uint16Array, length: number): boolean {
  /** How many dots the segment consists of so far. */
  let dots = 0
  for (let at = 0; at < length; at++) {
    const code = codes[at]!
    switch (code) {
      case 0x2e: // .
        if (dots >= 0) dots = dots < 2 ? dots + 1 : notDots
        break
      case 0x2f: // /
      case 0x5c: // \
        if (dots > 0) return true
        dots = 0
        break
      case 0x23: // #
      case 0x3b: // ;
      case 0x3f: // ?
        // Here a segment ends for those who look for parameters, a query or a fragment in what was decoded.
        if (dots > 0) return true
        dots = notDots
        break
      case 0x09:
      case 0x0a:
      case 0x0d:
        // URL parsers drop them.
        break
      case 0:
        return true
      default:
        if (code >= byte && at + 1 < length && isOverlong(code - byte, codes[at + 1]! - byte)) return true
        dots = notDots
    }
  }
  return dots > 0
}

/** Whether two bytes begin a character of UTF-8 in more bytes than it needs (RFC 3629 section 3). */
function isOverlong(first: number, second: number): boolean {
  if (second < 0x80 || second > 0xbf) return false
  return first === 0xc0 || first === 0xc1 || (first === 0xe0 && second < 0xa0) || (first === 0xf0 && second < 0x90)
}
