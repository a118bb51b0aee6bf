import { type ForeignObject, listOf, textOf } from '../foreign.ts'
import { rewritePath } from '../path-text.ts'
import { convertBody } from './body.ts'
import type { OpenApiDocument } from './document.ts'
import { convertParameter, proposeScalar } from './parameters.ts'
import type { OperationPlace } from './place.ts'

/** What an operation takes, as our file has it. */
export interface Inputs {
  readonly path: string
  readonly in: Readonly<Record<string, string>>
}

/** Gives undefined, with a note, when something required cannot be sent. */
export function convertInputs(
  item: ForeignObject,
  operation: ForeignObject,
  method: string,
  place: OperationPlace,
): Inputs | undefined {
  const { document, at } = place
  const taken = new Map<string, string>()
  const placeholders = new Map<string, string>()
  const add = (color: string, locator: string, isRequired: boolean) =>
    taken.set(isRequired ? color : `${color}?`, locator)
  const used = () => new Set([...taken.keys()].map((key) => key.replace(/\?$/, '')).concat([...placeholders.values()]))

  const parameters = collectParameters(item, operation, document)
  for (const name of namesIn(place.path)) {
    const parameter = parameters.find((one) => one['in'] === 'path' && one['name'] === name) ?? {}
    placeholders.set(name, proposeScalar(parameter['schema'] ?? { type: 'string' }, name, 'path', place, used()))
  }
  for (const parameter of parameters) {
    if (parameter['in'] === 'path') continue
    const isRequired = parameter['required'] === true
    const found = convertParameter(parameter, place, used())
    if (typeof found !== 'string' && found) add(found.color, found.locator, isRequired)
    else if (found !== undefined) {
      document.notes.add(
        at,
        `${isRequired ? 'not imported: it needs' : 'without'} the parameter \`${String(parameter['name'])}\`: ${found}`,
      )
      if (isRequired) return undefined
    }
  }
  const refusal = convertBody(operation, method, place, add, used)
  if (refusal !== undefined) {
    document.notes.add(at, refusal)
    return undefined
  }
  const path = rewritePath(place.path, /\{([^{}]*)\}/g, (name) => `{${placeholders.get(name)}}`)
  return { path, in: Object.fromEntries(taken) }
}

/** The operation's own parameters stand before those of its path. */
function collectParameters(item: ForeignObject, operation: ForeignObject, document: OpenApiDocument): ForeignObject[] {
  const all = [...listOf(operation['parameters']), ...listOf(item['parameters'])].map((parameter) =>
    document.resolve(parameter),
  )
  const named = all.filter((one) => textOf(one['name']) !== undefined && typeof one['in'] === 'string')
  return named.filter(
    (one, index) => named.findIndex((other) => other['name'] === one['name'] && other['in'] === one['in']) === index,
  )
}

function namesIn(path: string): string[] {
  return [...new Set([...path.matchAll(/\{([^{}]*)\}/g)].map(([, name]) => name!))]
}
