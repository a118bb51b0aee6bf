import { fits } from '../../expressions/schema.ts'
import { whyReserved } from '../../header-fields.ts'
import { parseLocator } from '../../operations/locator.ts'
import { type ForeignObject, isObject, shorten, textOf } from '../foreign.ts'
import { nameParameter } from './names.ts'
import type { OperationPlace } from './place.ts'
import { toColorEntry, unfoldSchema } from './schema.ts'

const scalar = { type: ['string', 'number', 'boolean', 'null'] }
/** Headers that the gateway sends itself, or that an OpenAPI parameter does not mean. */
const ours: ReadonlySet<string> = new Set(['accept', 'content-type', 'authorization'])
/** How an array in a query is joined, by `style`, when it does not repeat. */
const joints: Record<string, string> = { form: ',', spaceDelimited: ' ', pipeDelimited: '|' }

/** Gives why it cannot be, as text; undefined for one that is not to be sent at all. */
export function convertParameter(
  parameter: ForeignObject,
  place: OperationPlace,
  used: ReadonlySet<string>,
): { color: string; locator: string } | string | undefined {
  const name = String(parameter['name'])
  const where = String(parameter['in'])
  if (where === 'header' && (ours.has(name.toLowerCase()) || whyReserved(name, 'request'))) return undefined
  if (!['query', 'header', 'cookie'].includes(where)) return `\`in: ${where}\` is no place`
  if (parameter['schema'] === undefined && isObject(parameter['content'])) return 'its value is a document, not text'
  const schema = parameter['schema'] ?? { type: 'string' }
  const type = unfoldSchema(schema, place.document, 'request')
  if (where === 'query' && !fits(type, { type: [...scalar.type, 'array'] }))
    return 'an object has no form in a query here'
  const isList = fits({ type: 'array' }, type) && type['type'] !== undefined
  const locator = where === 'query' && isList ? `query.${name}${jointOf(parameter)}` : `${where}.${name}`
  const parsed = parseLocator(locator, 'request')
  if (
    'code' in parsed ||
    !('name' in parsed) ||
    parsed.name.toLowerCase() !== name.toLowerCase() ||
    name.includes('${')
  )
    return 'a parameter cannot be named like this here'
  const color =
    where === 'query'
      ? place.colors.propose(
          nameParameter(name, where, place.path),
          withDescription(parameter, toColorEntry(schema, place.document, 'request', place.at)),
          used,
        )
      : proposeScalar(schema, name, where, place, used)
  return { color, locator }
}

function jointOf(parameter: ForeignObject): string {
  const style = textOf(parameter['style']) ?? 'form'
  const repeats = parameter['explode'] === undefined ? style === 'form' : parameter['explode'] === true
  return repeats || joints[style] === undefined ? '' : `[${joints[style]}]`
}

/** A color for a place that holds one text: anything else becomes text. */
export function proposeScalar(
  schema: unknown,
  name: string,
  where: string,
  { document, colors, path, at }: OperationPlace,
  used: ReadonlySet<string>,
): string {
  const entry = toColorEntry(schema, document, 'request', at)
  const isScalar = fits(entry, scalar)
  if (!isScalar) document.notes.add(at, `\`${name}\` is taken as text: a ${where} holds one value`)
  return colors.propose(nameParameter(name, where, path), isScalar ? entry : { type: 'string' }, used)
}

function withDescription(parameter: ForeignObject, entry: Readonly<Record<string, unknown>>) {
  const description = textOf(parameter['description'])
  return description === undefined || 'description' in entry ? entry : { ...entry, description: shorten(description) }
}
