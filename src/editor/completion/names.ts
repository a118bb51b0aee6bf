import { describeType } from '../../binding/describe-type.ts'
import { builtInErrorCodes } from '../../binding/error-codes.ts'
import type { Meaning } from '../../binding/scalars.ts'
import { tellOperation } from '../hover/operation.ts'
import { tellPart } from '../hover/part.ts'
import { stepNames } from '../step-names.ts'
import type { Situation, Suggestion } from './suggestion.ts'

/** The names that a text may be, by what it stands for. Templates and conditions hold names, and are none. */
export const namesByMeaning: Readonly<Partial<Record<Meaning, (situation: Situation) => Suggestion[]>>> = {
  color: suggestColors,
  operation: suggestOperations,
  call: (situation) => [...suggestOperations(situation), ...suggestSteps(situation)],
  service: ({ world }) =>
    [...world.catalogue].map(([label, { definition }]) => ({ label, kind: 'Module', detail: definition.summary })),
  part: ({ world }) =>
    world.standing.map((part) => ({
      label: part.name,
      kind: 'Module',
      detail: part.summary,
      documentation: tellPart(part),
    })),
  preset: ({ world }) =>
    Object.entries(world.settings.presets).map(([label, sets]) => ({
      label,
      kind: 'Constant',
      detail: Object.keys(sets).join(', '),
    })),
  'error-code': suggestErrorCodes,
  'request-part': suggestRequestParts,
  'response-part': () => ['$.', 'header.', 'status'].map((label) => ({ label, kind: 'Keyword' })),
}

export function suggestColors({ world }: Situation): Suggestion[] {
  return [...world.dictionary.colors.values()].map(({ name, schema, sensitivity, description }) => ({
    label: name,
    kind: 'Variable',
    detail: sensitivity === 'public' ? describeType(schema) : `${describeType(schema)}, ${sensitivity}`,
    documentation: description,
  }))
}

function suggestOperations({ world }: Situation): Suggestion[] {
  return [...world.catalogue.values()].flatMap(({ operations }) =>
    [...operations.values()].map(
      (found): Suggestion => ({
        label: `${found.operation.service.name}.${found.operation.name}`,
        kind: 'Method',
        detail: found.operation.template,
        documentation: tellOperation(found),
      }),
    ),
  )
}

export function suggestSteps({ value }: Situation): Suggestion[] {
  return stepNames(value).map(({ name }) => ({ label: name, kind: 'Reference', detail: 'a call of this route' }))
}

function suggestErrorCodes({ world }: Situation): Suggestion[] {
  const named = [...world.catalogue.values()].flatMap(({ operations }) =>
    [...operations.values()].flatMap(({ operation }) =>
      [...operation.errorNames.values()].map((code) => [code, `${operation.service.name}.${operation.name}`] as const),
    ),
  )
  return [
    ...[...new Map(named)].map(([label, detail]): Suggestion => ({ label, kind: 'EnumMember', detail, order: 1 })),
    ...[...builtInErrorCodes, 'http-4xx', 'http-5xx'].map((label): Suggestion => ({ label, kind: 'EnumMember' })),
  ]
}

/** The parameters of the path that stands in the file, and how all else begins. */
function suggestRequestParts({ value, place }: Situation): Suggestion[] {
  const { match, on } = (value ?? {}) as { match?: unknown; on?: object }
  if (place.kind === 'route' && on)
    return ('stream' in on ? ofMessages : ofTriggers).map((label) => ({ label, kind: 'Field' }))
  const parameters = place.kind === 'route' ? [...String(match).matchAll(/\{(\w+)\}|\*(\w+)/g)] : []
  return [
    ...parameters.map(([, one, rest]): Suggestion => ({ label: `path.${one ?? rest}`, kind: 'Field', order: 1 })),
    ...['query.', 'header.', 'cookie.', 'path.', '$.'].map((label): Suggestion => ({ label, kind: 'Keyword' })),
  ]
}

const ofTriggers = ['trigger.time', 'trigger.last']
const ofMessages = ['message.id', 'message.key', 'message.data', 'message.headers', 'message.time']
