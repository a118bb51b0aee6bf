const quote = 0x22
const comma = 0x2c
const backslash = 0x5c

/**
 * The members of a list in a header (RFC 9110 section 5.6.1): between commas, without the blanks around them, empty ones
 * left out. A comma between quotes is part of its member.
 */
export function splitList(text: string): string[] {
  const members: string[] = []
  let from = 0
  const add = (to: number) => {
    const member = text.slice(from, to).trim()
    if (member !== '') members.push(member)
    from = to + 1
  }
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === comma) add(at)
    else if (code === quote) at = endOfQuotes(text, at)
  }
  add(text.length)
  return members
}

/** The index of the quote that closes a quoted string (RFC 9110 section 5.6.4). */
function endOfQuotes(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === quote) return at
    if (code === backslash) at++
  }
  return text.length
}
