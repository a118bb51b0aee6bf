import { isCredential, isSecretKey, secretKeys } from '../redaction.ts'
import { isSlipOf } from './suggest.ts'

/** Characters of a line, from 0; the end is exclusive. */
export interface Stretch {
  readonly start: number
  readonly end: number
}

const keys =
  /(?<=^|[\s{[,])(?:"([^"]*)"|'([^']*)'|([^\s"'#,{}[\]:][^\s,{}[\]:]*))\s*:(?=\s|$)|(?<=[\s{[,])"([^"]*)"\s*:/g
/** What names a secret, and holds none: a variable, a file, a color. */
const reference = /^(["']?)(?:\$\{(?:env\.|file:)[^{}]*\}|\$(?:\.[A-Za-z_][\w-]*)+)\1$/
/** A template, or a place of a request: `Bearer ${file:token}`, `$.user.token`, `header.authorization`. */
const ofLanguage = /^["']?(?:[A-Za-z]+ )?(?:\$[.{[]|(?:header|cookie|query|body|path|claims|auth|form)[.[])/
const userInfo = /(?<=\b[a-z][a-z0-9+.-]*:\/\/)[^\s/?#'"]+(?=@)/gi
const parameter = /(?<=[?&])([^=&\s'"#]+)=([^&\s'"#,}]+)/g

/**
 * Where secrets stand in a line of YAML that people are shown: values of keys that are defined to hold one, or are called
 * so but for a letter; of names that say it (`x-api-key`); and what URLs carry. It reads text, for what is shown may be
 * no document.
 */
export function secretsInLine(lines: readonly string[], index: number): readonly Stretch[] {
  const line = lines[index] ?? ''
  const named = keysIn(line)
  const found: Stretch[] = []
  if (named.length === 0 && isSecretName(keyAround(lines, index)))
    found.push({ start: indentOf(line), end: line.length })
  const isInside = named.length > 0 && isInSecret(lines, index)
  for (const { name, end } of named) {
    const value = valueAt(line, end)
    const isSecret = isSecretName(name) || (isInside && !isOfType(name))
    const isHidden = isSecret ? !reference.test(value.text) : isCredentialName(name) && isLiteral(value.text)
    if (isHidden && value.text !== '' && !(value.text.startsWith('{') && !(isSecret && holdsValues(value.text))))
      found.push(value)
  }
  for (const { index: start, 0: text } of line.matchAll(userInfo)) found.push({ start, end: start + text.length })
  for (const { index: at, 0: text, 1: name = '' } of line.matchAll(parameter))
    if (isCredential(name)) found.push({ start: at + name.length + 1, end: at + text.length })
  found.sort((a, b) => a.start - b.start)
  return found.filter(({ end }, at) => !found.slice(0, at).some((before) => before.end >= end))
}

const isSecretName = (name: string) => isSecretKey(name) || [...secretKeys].some((key) => isSlipOf(name, key))

/** Keys of ours that are called like credentials, and hold none. */
const harmless = /^auth(?:Failures)?$|Auth$|^credentials$|ur[il]$/i
/** What a color holds is told by the dictionary, and stands in no file; the names of colors have dots. */
const isCredentialName = (name: string) => !name.includes('.') && isCredential(name) && !harmless.test(name)

const isLiteral = (text: string) => !/^[[&*!|>]/.test(text) && !ofLanguage.test(text)

const indentOf = (line: string) => line.search(/\S|$/)

function keysIn(line: string) {
  return [...line.matchAll(keys)].map((key) => {
    const name = key.slice(1).find((one) => one !== undefined) ?? ''
    return { name, end: key.index + key[0].length }
  })
}

/** What a schema of a member says, which has the name of a secret and is none. */
const isOfType = (name: string) =>
  /^(?:type|format|title|description|properties|required|items|sensitivity)$/.test(name)

/** Whether a mapping in a line holds something by itself: no template, and no type. */
const holdsValues = (text: string) =>
  !/^\{\s*["']?(?:\$|\}|$)/.test(text) && !keysIn(text).some(({ name }) => isOfType(name))

/** Whether a line with keys stands in the mapping of a secret, which should have been a text. */
function isInSecret(lines: readonly string[], index: number): boolean {
  let indent = indentOf(lines[index] ?? '')
  for (let at = index - 1; at >= 0 && indent > 0; at -= 1) {
    const line = lines[at] ?? ''
    const own = indentOf(line)
    if (own < 0 || own >= indent) continue
    indent = own
    const key = keysIn(line).at(-1)
    if (key && isSecretName(key.name) && /^\s*(?:\{.*|#.*)?$/.test(line.slice(key.end))) return true
  }
  return false
}

/** The key of the list or the text that a line without one belongs to; the elements of a list may stand as far out as it. */
function keyAround(lines: readonly string[], index: number): string {
  const indent = indentOf(lines[index] ?? '')
  for (let at = index - 1; at >= 0; at -= 1) {
    const line = lines[at] ?? ''
    const key = indentOf(line) <= indent ? keysIn(line).at(-1) : undefined
    if (key) return key.name
  }
  return ''
}

/** The value behind a key: to the end of the line, unless something in it says where it ends. */
function valueAt(line: string, from: number): Stretch & { readonly text: string } {
  const start = from + indentOf(line.slice(from))
  const rest = line.slice(start).trimEnd()
  const closed = /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|\$\{[^{}]*\})(?=\s*(?:[,}\]]|$|\s#))/.exec(rest)?.[0]
  const isInFlow = /[{[]/.test(line.slice(0, from))
  const text = closed ?? ((isInFlow && /^[^,{}[\]]+/.exec(rest)?.[0].trimEnd()) || rest)
  return { start, end: start + text.length, text }
}
