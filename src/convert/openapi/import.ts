import { ColorProposals } from '../colors.ts'
import { type Draft, ImportRefused, Notes, type Surroundings } from '../draft.ts'
import type { ForeignObject } from '../foreign.ts'
import { objectOf, shorten, textOf } from '../foreign.ts'
import { nameOperation, toName, UniqueNames } from '../names.ts'
import { type OperationDraft, printService } from '../services.ts'
import { printPath } from '../template.ts'
import { OpenApiDocument } from './document.ts'
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
  const notes = new Notes()
  const document = new OpenApiDocument(source, notes)
  const colors = new ColorProposals(project.colors)
  const info = objectOf(document.root['info'])
  const title = textOf(info['title'])
  const name = options.service ?? nameService(title)
  if (toName(name, '') !== name)
    throw new ImportRefused(`\`${name}\` is no name for a service: letters, digits, - and _`)
  const operations = convertPaths(document, colors)
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
  return {
    services: [printService(service, header)],
    routes: [],
    colors: colors.entries,
    gateway: {},
    notes: notes.all,
  }
}

function convertPaths(document: OpenApiDocument, colors: ColorProposals): Map<string, OperationDraft> {
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
