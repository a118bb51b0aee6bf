import { STATUS_CODES } from 'node:http'
import { builtInErrorCodes } from '../../binding/error-codes.ts'
import type { ForeignObject } from '../foreign.ts'
import { objectOf, textOf } from '../foreign.ts'
import { toSegment } from '../names.ts'
import { printPath } from '../template.ts'
import { propertiesOf } from './body.ts'
import { jsonContent } from './content.ts'
import { resourceOf } from './names.ts'
import type { OperationPlace } from './place.ts'
import { toColorEntry, unfoldSchema } from './schema.ts'

/** What an operation gives, and what its statuses mean. */
export function convertOutputs(operation: ForeignObject, place: OperationPlace): Record<string, unknown> {
  const responses = objectOf(operation['responses'])
  const statuses = Object.keys(responses)
  const success =
    statuses.find((status) => /^2\d\d$/.test(status)) ??
    statuses.find((status) => /^2XX$/i.test(status)) ??
    statuses.find((status) => status === 'default')
  const out = success === undefined ? {} : convertAnswer(responses[success], place)
  const others = statuses.filter((status) => /^3\d\d$/.test(status)).map(Number)
  const errors = Object.fromEntries(
    statuses
      .filter((status) => /^[45]\d\d$/.test(status))
      .map((status) => [status, nameError(status, responses[status], place)]),
  )
  return {
    ...(Object.keys(out).length > 0 && { out }),
    ...(others.length > 0 && { ok: ['200-299', ...others] }),
    ...(Object.keys(errors).length > 0 && { errors }),
  }
}

function convertAnswer(response: unknown, { document, colors, path, at }: OperationPlace): Record<string, string> {
  const content = objectOf(document.resolve(response)['content'])
  if (Object.keys(content).length === 0) return {}
  const found = jsonContent(content)
  if ('types' in found) {
    document.notes.add(
      at,
      `it answers ${found.types.join(' or ')}, which is not read as JSON: pass it through with \`proxy\``,
    )
    return {}
  }
  const type = unfoldSchema(found.schema, document, 'response')
  const name = document.nameOf(found.schema)
  const out: Record<string, string> = {}
  const add = (owner: string, leaf: string, schema: unknown, locator: string) => {
    const entry = toColorEntry(schema, document, 'response', at)
    out[colors.propose(`${toSegment(owner)}.${leaf}`, entry, new Set(Object.keys(out)))] = locator
  }
  const properties = Object.entries(propertiesOf(found.schema, document)).filter(([property]) =>
    Object.hasOwn(objectOf(type['properties']), property),
  )
  for (const [property, schema] of properties)
    add(name ?? resourceOf(path), toSegment(property), schema, printPath([property]))
  if (properties.length > 0) return out
  const items = document.nameOf(document.resolve(found.schema)['items'])
  if (type['type'] === 'array') add(name ?? items ?? resourceOf(path), 'list', found.schema, '$')
  else add(name ?? resourceOf(path), 'body', found.schema, '$')
  return out
}

/** `Pet not found` is `pet-not-found`; a sentence is too long for a name, and the status has one. */
function nameError(status: string, response: unknown, { document, path }: OperationPlace): string {
  const description = textOf(document.resolve(response)['description']) ?? ''
  const words = slug(description)
  const isName = /^[a-z]/.test(words) && words.length <= 40 && words.split('-').length <= 5
  const name = isName ? words : slug(STATUS_CODES[Number(status)] ?? `status ${status}`)
  return builtInErrorCodes.includes(name) || name.startsWith('http-') ? `${slug(resourceOf(path))}-${name}` : name
}

function slug(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/['’]/g, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
}
