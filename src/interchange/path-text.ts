/**
 * Writes a path anew: each placeholder as `replace` has it, what stands between them made safe in a URL. Escapes that
 * are there stay.
 */
export function rewritePath(path: string, placeholder: RegExp, replace: (name: string) => string): string {
  let text = ''
  let end = 0
  for (const match of path.matchAll(placeholder)) {
    text += encodeLiteral(path.slice(end, match.index)) + replace(match[1]!)
    end = match.index + match[0].length
  }
  return text + encodeLiteral(path.slice(end))
}

function encodeLiteral(text: string): string {
  return text.replaceAll(/[^\w\-.~!$&'()*+,;=:@%/]/gu, (character) => encodeURIComponent(character.toWellFormed()))
}
