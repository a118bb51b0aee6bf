/**
 * Whether JSON text nests objects and arrays more than `limit` levels deep; for text that is not JSON the answer
 * means nothing. Most texts have too few brackets for it, and counting them costs a microsecond; only the others are
 * read through.
 */
export function isNestedDeeperThan(limit: number, text: string): boolean {
  if (text.length <= 2 * limit) return false
  const objects = countUpTo(limit + 1, text, '{')
  if (objects + countUpTo(limit + 1 - objects, text, '[') <= limit) return false
  return scanDepth(limit, text)
}

function countUpTo(enough: number, text: string, character: string): number {
  let count = 0
  for (let at = text.indexOf(character); at >= 0 && count < enough; at = text.indexOf(character, at + 1)) count++
  return count
}

function scanDepth(limit: number, text: string): boolean {
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22: // "
        at = endOfString(text, at)
        break
      case 0x5b: // [
      case 0x7b: // {
        if (++depth > limit) return true
        break
      case 0x5d: // ]
      case 0x7d: // }
        depth--
    }
  }
  return false
}

/** The index of the quote that closes the string opened at `from`. */
function endOfString(text: string, from: number): number {
  let at = text.indexOf('"', from + 1)
  while (at >= 0) {
    let backslashes = 0
    while (text.charCodeAt(at - 1 - backslashes) === 0x5c) backslashes++
    if (backslashes % 2 === 0) return at
    at = text.indexOf('"', at + 1)
  }
  return text.length
}
