const quote = 0x22
const comma = 0x2c
const backslash = 0x5c

/**
 * The members of a list in a header (RFC 9110 section 5.6.1): between commas, without the blanks around them, empty ones
 * left out. A comma between quotes is part of its member; a quote that nothing closes encloses nothing.
 */
export function splitList(text: string): string[] {
  const members: string[] = []
  let from = 0
  let closes = true
  const add = (to: number) => {
    const member = text.slice(from, to).trim()
    if (member !== '') members.push(member)
    from = to + 1
  }
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === comma) add(at)
    else if (code === quote && closes) {
      const end = endOfQuotes(text, at)
      closes = end > 0
      if (closes) at = end
    }
  }
  add(text.length)
  return members
}

const weightForm = /^q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/i

/**
 * How much is liked what a list names, by its name in lower case (RFC 9110 section 12.4.2). A member whose weight is none is
 * not taken: it says nothing that could be relied on. @param isOfTypes whether names may have other parameters
 */
export function weightsOf(accepted: string, isOfTypes = false): Map<string, number> {
  const weights = new Map<string, number>()
  for (const member of splitList(accepted)) {
    const [name = '', ...parameters] = member.split(';').map((part) => part.trim())
    const weight = isOfTypes ? parameters.find((parameter) => /^q=/i.test(parameter)) : parameters[0]
    weights.set(name.toLowerCase(), weight === undefined ? 1 : Number(weightForm.exec(weight)?.[1] ?? 0))
  }
  return weights
}

/** The index of the quote that closes a quoted string (RFC 9110 section 5.6.4); -1 when there is none. */
function endOfQuotes(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === quote) return at
    if (code === backslash) at++
  }
  return -1
}
