import { Unwritable } from './format.ts'
import { type Members, requireText } from './members.ts'

/** XML 1.0 `Name`, without the names that only code points beyond the first plane have. */
const name =
  /^[:A-Z_a-z\u{c0}-\u{d6}\u{d8}-\u{f6}\u{f8}-\u{2ff}\u{370}-\u{37d}\u{37f}-\u{1fff}\u{200c}-\u{200d}\u{2070}-\u{218f}\u{2c00}-\u{2fef}\u{3001}-\u{d7ff}\u{f900}-\u{fdcf}\u{fdf0}-\u{fffd}][-.0-9:A-Z_a-z\u{b7}\u{c0}-\u{d6}\u{d8}-\u{f6}\u{f8}-\u{37d}\u{37f}-\u{1fff}\u{200c}-\u{200d}\u{203f}-\u{2040}\u{2070}-\u{218f}\u{2c00}-\u{2fef}\u{3001}-\u{d7ff}\u{f900}-\u{fdcf}\u{fdf0}-\u{fffd}]*$/u
/** What no XML 1.0 document can hold, escaped or not. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
const unwritable = /[\u{0}-\u{8}\u{b}\u{c}\u{e}-\u{1f}\u{fffe}\u{ffff}]/u

const escapes: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // A reader makes one character of them, and spaces of them in an attribute.
  '\r': '&#13;',
  '\n': '&#10;',
  '\t': '&#9;',
}

/**
 * An object of one member as an XML document, with what `xml` reads: `@name`, `#text`, lists for elements that come more
 * than once.
 * @throws Unwritable
 */
export function writeXml(value: unknown): string {
  const entries = isMembers(value) ? Object.entries(value) : []
  const [root] = entries
  if (entries.length !== 1 || !root || Array.isArray(root[1])) throw new Unwritable('the body has not one root element')
  const parts = ['<?xml version="1.0" encoding="UTF-8"?>\n']
  writeElement(root[0], root[1], parts)
  return parts.join('')
}

function writeElement(tag: string, value: unknown, parts: string[]): void {
  checkName(tag)
  if (!isMembers(value)) {
    const text = value === null || value === undefined ? '' : escapeText(requireText(value, tag), tag)
    parts.push(text === '' ? `<${tag}/>` : `<${tag}>${text}</${tag}>`)
    return
  }
  parts.push(`<${tag}`)
  const entries = Object.entries(value).filter(([, member]) => member !== undefined && member !== null)
  for (const [key, member] of entries) {
    if (!key.startsWith('@')) continue
    const attribute = checkName(key.slice(1))
    parts.push(` ${attribute}="${escapeAttribute(requireText(member, key), key)}"`)
  }
  parts.push('>')
  for (const [key, member] of entries) {
    if (key.startsWith('@')) continue
    if (key === '#text') parts.push(escapeText(requireText(member, key), key))
    else for (const one of Array.isArray(member) ? member : [member]) writeElement(key, one, parts)
  }
  parts.push(`</${tag}>`)
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function checkName(text: string): string {
  if (!name.test(text)) throw new Unwritable(`${JSON.stringify(text)} is no name in XML`)
  return text
}

function escapeText(text: string, key: string): string {
  return checkCharacters(text, key).replace(/[&<>\r]/g, (character) => escapes[character]!)
}

function escapeAttribute(text: string, key: string): string {
  return checkCharacters(text, key).replace(/[&<>"\r\n\t]/g, (character) => escapes[character]!)
}

function checkCharacters(text: string, key: string): string {
  if (unwritable.test(text)) throw new Unwritable(`\`${key}\` holds a character that XML does not have`)
  return text
}
