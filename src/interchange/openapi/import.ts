import { ColorProposals } from '../colors.ts'
import { type Draft, ImportRefused, Notes, type Surroundings } from '../draft.ts'
import type { ForeignObject } from '../foreign.ts'
import { objectOf, shorten, textOf } from '../foreign.ts'
import { nameOperation, toName, UniqueNames } from '../names.ts'
import { type OperationDraft, printService } from '../services.ts'
import { printPath } from '../template.ts'
import { type Detail, OpenApiDocument } from './document.ts'
import { convertInputs } from './inputs.ts'
import { convertOutputs } from './outputs.ts'
import type { OperationPlace } from './place.ts'
import { findServer } from './server-url.ts'

export interface OpenApiOptions {
  /** In place of a name made of the document's title. */
  readonly service?: string | undefined
  /** Where the document was read, for servers that are given relative to it. */
  readonly url?: string | undefined
}

const methods = ['get', 'post', 'put', 'patch', 'delete', 'head']

/**
 * An OpenAPI document (3.0 or 3.1, as data) as one service and the colors it speaks of.
 * @throws ImportRefused
 */
export function importOpenApi(source: unknown, project: Surroundings, options: OpenApiOptions = {}): Draft {
  const last = details.length - 1
  for (const [attempt, detail] of details.entries()) {
    const notes = new Notes()
    const document = new OpenApiDocument(source, notes, detail)
    const colors = new ColorProposals(project.colors)
    const operations = convertPaths(document, colors, attempt < last ? mostCharacters : Number.POSITIVE_INFINITY)
    if (operations) return draftService(document, operations, colors, options)
  }
  throw new Error('the last attempt takes any size')
}

/** Types in full, or in less where a dictionary of all of them would be longer than a file may be. */
const details: readonly Detail[] = [
  { depth: 4, schemas: 60 },
  { depth: 2, schemas: 15 },
  { depth: 0, schemas: 1 },
]
const mostCharacters = 600_000
const longestFile = 1024 * 1024

function draftService(
  document: OpenApiDocument,
  operations: Map<string, OperationDraft>,
  colors: ColorProposals,
  options: OpenApiOptions,
): Draft {
  const { notes, root } = document
  const info = objectOf(root['info'])
  const title = textOf(info['title'])
  const name = options.service ?? nameService(title)
  if (!/^[a-zA-Z][\w-]*$/.test(name))
    throw new ImportRefused(`\`${name}\` is no name for a service: letters, digits, - and _`)
  if (document.detail !== details[0])
    notes.add(
      '$',
      'it is very large: what lies inside of objects and lists is left out of the colors, as far as it takes',
    )
  noteSecurity(document)
  const service = {
    name,
    summary: title === undefined ? undefined : shorten(title),
    endpoints: [findServer(document, options.url)],
    operations,
    timeoutMs: 0,
  }
  const version = textOf(info['version'])
  const lacking = notes.all.map(({ at, message }) => `  ${at}: ${message}`)
  const header = [
    `From the OpenAPI document of ${title ?? name}${version === undefined ? '' : `, version ${version}`}.`.replaceAll(
      /\s+/g,
      ' ',
    ),
    ...(lacking.length > 0 ? ['', 'Not as it was:', ...lacking] : []),
  ]
  const file = printService(service, header)
  if (file.text.length > longestFile)
    notes.add('$', 'it is too large for one service: a file of over 1 MB is not loaded; import it in parts')
  return {
    services: [file],
    routes: [],
    colors: colors.entries,
    gateway: {},
    notes: notes.all,
  }
}

/** Gives undefined when the colors become longer than that. */
function convertPaths(
  document: OpenApiDocument,
  colors: ColorProposals,
  mostCharacters: number,
): Map<string, OperationDraft> | undefined {
  const operations = new Map<string, OperationDraft>()
  const names = new UniqueNames()
  for (const [path, raw] of Object.entries(objectOf(document.root['paths']))) {
    const at = printPath(['paths', path])
    if (path.startsWith('x-')) continue
    if (!path.startsWith('/') || /[?#]/.test(path)) {
      document.notes.add(at, 'not imported: a path begins with / and has no ? or #')
      continue
    }
    const item = document.resolve(raw)
    for (const method of ['options', 'trace']) {
      if (item[method] !== undefined)
        document.notes.add(`${at}.${method}`, `not imported: ${method.toUpperCase()} is not called`)
    }
    for (const method of methods) {
      if (item[method] === undefined) continue
      const source = objectOf(item[method])
      const operation = convertOperation(item, source, method, { document, colors, path, at: `${at}.${method}` })
      const wanted = toName(textOf(source['operationId']) ?? '', nameOperation(method, path))
      if (operation) operations.set(names.take(wanted), operation)
      if (colors.length > mostCharacters) return undefined
    }
  }
  return operations
}

function convertOperation(
  item: ForeignObject,
  operation: ForeignObject,
  method: string,
  place: OperationPlace,
): OperationDraft | undefined {
  if (operation['servers'] !== undefined || item['servers'] !== undefined)
    place.document.notes.add(place.at, 'it has servers of its own; it is called where the others are')
  const inputs = convertInputs(item, operation, method, place)
  if (!inputs) return undefined
  const summary = textOf(operation['summary']) ?? textOf(operation['description'])
  return {
    ...(summary !== undefined && { summary: shorten(summary, 120) }),
    [method]: inputs.path,
    ...(Object.keys(inputs.in).length > 0 && { in: inputs.in }),
    ...convertOutputs(operation, place),
  }
}

/** Who may call is proved by the caller: nothing of that is sent unless someone says what. */
function noteSecurity({ root, notes }: OpenApiDocument): void {
  for (const [name, raw] of Object.entries(objectOf(objectOf(root['components'])['securitySchemes']))) {
    const { type, in: place, name: key } = objectOf(raw)
    const example =
      type === 'apiKey' && place !== 'header'
        ? `the ${String(place)} parameter \`${String(key)}\``
        : `\`headers: { ${type === 'apiKey' ? String(key).toLowerCase() : 'authorization'}: … }\``
    notes.add(printPath(['components', 'securitySchemes', name]), `nothing is sent for it by itself; add ${example}`)
  }
}

function nameService(title: string | undefined): string {
  const words = (title ?? '').replaceAll(/\b(open)?api\b|\bv?\d+(\.\d+)*\b/gi, ' ').toLowerCase()
  return toName(words.trim().slice(0, 30), 'api')
}
