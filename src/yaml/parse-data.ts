import { parse } from 'yaml'

/** A text that is neither JSON nor YAML; the message tells where. */
export class UnreadableData extends Error {}

const maxCharacters = 50 * 1024 * 1024

/**
 * Reads somebody else's JSON or YAML (an OpenAPI document, another gateway's configuration) into plain values. Unlike
 * the configuration's own files it keeps no positions, fills nothing in and may be long.
 * @throws UnreadableData
 */
export function parseData(text: string): unknown {
  if (text.length > maxCharacters) throw new UnreadableData(`it has ${text.length} characters, too many`)
  const content = text.replace(/^\uFEFF/, '')
  try {
    return JSON.parse(content)
  } catch (error) {
    // YAML's complaint about something that means to be JSON leads astray.
    if (/^\s*[{[]\s*"/.test(content)) throw new UnreadableData(`it is not valid JSON: ${(error as Error).message}`)
  }
  try {
    // The library's search for duplicate keys is quadratic.
    return parse(content, { uniqueKeys: false, merge: true, logLevel: 'error' })
  } catch (error) {
    throw new UnreadableData(`it is neither JSON nor YAML: ${(error as Error).message.split('\n')[0]}`)
  }
}
