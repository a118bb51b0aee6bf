import { type ForeignObject, isUnsafeKey, listOf, objectOf } from '../foreign.ts'
import { toSegment } from '../names.ts'
import { printPath } from '../template.ts'
import { jsonContent } from './content.ts'
import type { OpenApiDocument } from './document.ts'
import { resourceOf } from './names.ts'
import type { OperationPlace } from './place.ts'
import { toColorEntry, unfoldSchema } from './schema.ts'

/** Gives why the operation cannot be imported. */
export function convertBody(
  operation: ForeignObject,
  method: string,
  { document, colors, path, at }: OperationPlace,
  add: (color: string, locator: string, isRequired: boolean) => void,
  used: () => ReadonlySet<string>,
): string | undefined {
  const body = document.resolve(operation['requestBody'])
  const content = objectOf(body['content'])
  if (Object.keys(content).length === 0) return undefined
  const isRequired = body['required'] === true
  if (method === 'get' || method === 'head') {
    document.notes.add(at, `its body is not sent: a ${method.toUpperCase()} has none`)
    return undefined
  }
  const found = jsonContent(content)
  if ('types' in found)
    return isRequired ? `not imported: its body is ${found.types.join(' or ')}, and only JSON is sent` : undefined
  const type = unfoldSchema(found.schema, document, 'request')
  const owner = toSegment(document.nameOf(found.schema) ?? resourceOf(path))
  const properties = Object.entries(propertiesOf(found.schema, document)).filter(([name]) =>
    Object.hasOwn(objectOf(type['properties']), name),
  )
  for (const [name, schema] of properties) {
    const color = colors.propose(`${owner}.${toSegment(name)}`, toColorEntry(schema, document, 'request', at), used())
    add(color, printPath([name]), isRequired && listOf(type['required']).includes(name))
  }
  if (properties.length === 0) {
    const leaf = type['type'] === 'array' ? 'list' : 'body'
    add(
      colors.propose(`${owner}.${leaf}`, toColorEntry(found.schema, document, 'request', at), used()),
      '$',
      isRequired,
    )
  }
  return undefined
}

/** The members of an object's schema, those of its `allOf` included, not yet unfolded. */
export function propertiesOf(schema: unknown, document: OpenApiDocument): Record<string, unknown> {
  const seen = new Set<unknown>()
  const collect = (part: unknown): [string, unknown][] => {
    const source = document.resolve(part)
    if (seen.has(source)) return []
    seen.add(source)
    const own = Object.entries(objectOf(source['properties'])).filter(([name]) => !isUnsafeKey(name))
    return [...listOf(source['allOf']).flatMap(collect), ...own]
  }
  return Object.fromEntries(collect(schema))
}
