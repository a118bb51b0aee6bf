import { type ForeignObject, isObject } from '../foreign.ts'

const json = /^(?:application|text)\/(?:[\w.+-]+\+)?json\s*(?:;|$)|^\*\/\*$|^application\/\*$/i

/** The schema of the JSON in a `content`; undefined when there is no JSON, with the types that are there. */
export function jsonContent(content: ForeignObject): { schema: unknown } | { types: string[] } {
  const types = Object.keys(content)
  const type = types.find((name) => json.test(name))
  if (type === undefined) return { types }
  const media = content[type]
  return { schema: isObject(media) ? (media['schema'] ?? {}) : {} }
}
