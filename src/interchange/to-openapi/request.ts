import type { ColorDefinition } from '../../binding/color.ts'
import { formatOf } from '../../formats/index.ts'
import type { BoundRoute } from '../../plan/bound-route.ts'
import type { BoundInput } from '../../plan/inputs.ts'
import { everyRead } from '../../plan/reads.ts'
import type { AggregatedRoute } from '../../plan/snapshot.ts'
import { isSensitive } from '../../redaction.ts'
import type { PublishedSchemas } from './schemas.ts'

type Published = Record<string, unknown>

const styles: Record<string, string> = { ',': 'form', '|': 'pipeDelimited', ' ': 'spaceDelimited' }
/** `request.params` is what OpenAPI calls `in: path`. */
const places: Record<string, string> = { params: 'path', query: 'query', headers: 'header', cookies: 'cookie' }

/** Every parameter of a route: those of its `in`, those of its path, and what its templates read of the request besides. */
export function describeParameters(
  route: AggregatedRoute,
  colors: ReadonlyMap<string, ColorDefinition>,
  schemas: PublishedSchemas,
): Published[] {
  const described = new Map<string, Published>()
  const add = (parameter: Published) => {
    const key = `${parameter['in']} ${String(parameter['name'])}`
    if (!described.has(key)) described.set(key, parameter)
  }
  for (const input of route.bound.inputs) {
    const parameter = describeInput(input, colors.get(input.color), schemas)
    if (parameter) add(parameter)
  }
  for (const { kind, name } of route.match.segments.map((segment) =>
    'name' in segment ? segment : { kind: segment.kind, name: '' },
  )) {
    if (kind !== 'literal') add({ name, in: 'path', required: true, schema: { type: 'string' } })
  }
  for (const [place, name] of readParts(route.bound)) add({ name, in: place, schema: { type: 'string' } })
  return [...described.values()]
}

function describeInput(
  { color, locator, required, default: fallback }: BoundInput,
  definition: ColorDefinition | undefined,
  schemas: PublishedSchemas,
): Published | undefined {
  if (!('name' in locator)) return undefined
  const type = schemas.ofColor(color)
  const style =
    'separator' in locator && locator.separator !== undefined ? (styles[locator.separator] ?? 'form') : undefined
  return {
    name: locator.name,
    in: locator.in,
    ...((required || locator.in === 'path') && { required: true }),
    ...(definition?.description !== undefined && { description: definition.description }),
    ...(style !== undefined && { style, explode: false }),
    schema: fallback === undefined || (definition && isSensitive(definition)) ? type : { ...type, default: fallback },
  }
}

/** What is read of the request by its place: `$.request.headers.authorization`. */
function readParts(route: BoundRoute): [place: string, name: string][] {
  return everyRead(route).flatMap(({ reference }): [string, string][] => {
    if (reference.kind !== 'request') return []
    const [part, name] = reference.rest
    const place = places[String(part)]
    // The host is the URL's, and a path parameter is one only if it stands in the path.
    if (place === undefined || place === 'path' || typeof name !== 'string' || name === 'host') return []
    return [[place, name]]
  })
}

interface BodyNode {
  readonly members: Map<string, BodyNode>
  schema?: Published
  required: boolean
}

/** The body that a route reads; undefined when it reads none. */
export function describeBody(route: AggregatedRoute, schemas: PublishedSchemas): Published | undefined {
  if (!route.readsBody || route.match.method === 'GET' || route.match.method === 'HEAD') return undefined
  const root: BodyNode = { members: new Map(), required: false }
  for (const { color, locator, required } of route.bound.inputs) {
    if (locator.in !== 'body') continue
    let node = root
    for (const segment of locator.path.singular ? locator.path.prefix : []) {
      // What lies in a list is not told one by one.
      if (typeof segment === 'number') break
      node.required ||= required
      const inner: BodyNode = node.members.get(segment) ?? { members: new Map(), required: false }
      node.members.set(segment, inner)
      node = inner
    }
    node.required ||= required
    const { singular, prefix } = locator.path
    if (singular && prefix.every((segment) => typeof segment === 'string')) node.schema = schemas.ofColor(color)
  }
  const media = { schema: describeNode(root) }
  const content = Object.fromEntries(route.accepts.map((name) => [formatOf(name).mediaTypes[0]!, media]))
  return { required: root.required, content }
}

function describeNode({ members, schema }: BodyNode): Published {
  if (schema || members.size === 0) return schema ?? {}
  const required = [...members].filter(([, member]) => member.required).map(([name]) => name)
  return {
    type: 'object',
    ...(required.length > 0 && { required }),
    properties: Object.fromEntries([...members].map(([name, member]) => [name, describeNode(member)])),
  }
}
