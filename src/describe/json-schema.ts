import * as z from 'zod'
import { condition, template } from '../binding/scalars.ts'
import { steps } from '../binding/steps.ts'
import { dictionaryShape } from '../config/dictionary.ts'
import { createGatewayShape, gatewayShape } from '../config/gateway.ts'
import { serviceShape } from '../config/service.ts'
import { builtIn, type Registry } from '../plan/extensions/registry.ts'
import { partShape } from '../routes/part.ts'
import { routeShape } from '../routes/route.ts'
import type { StepKind, StepKinds } from '../steps/step.ts'
import { writeValue } from './write-value.ts'

export type Schema = Record<string, unknown>

/** The files of the language and the shape of each. */
const fileShapes = {
  gateway: gatewayShape,
  dictionary: dictionaryShape,
  service: serviceShape,
  route: routeShape,
  part: partShape,
} as const

export type FileKind = keyof typeof fileShapes

/** The JSON Schema (draft-07) of one kind of file, made from the definitions that the loader itself checks against. */
export function jsonSchemaOf(kind: FileKind, registry: Registry = builtIn): Schema {
  const own = { ...fileShapes, service: registry.serviceShape, gateway: createGatewayShape(registry.policies) }
  const shape = own[kind]
  return { ...jsonSchemaOfFile(kind, shape, registry), patternProperties: holders }
}

/** As `jsonSchemaOf`, of a file that a higher floor defines. */
export function jsonSchemaOfFile(name: string, shape: z.ZodType, { steps: kinds } = builtIn): Schema {
  const { $schema, definitions: own, ...rest } = convert(shape)
  const definitions = {
    ...(own as Schema | undefined),
    ...((shape === routeShape || shape === partShape) && stepDefinitions(kinds)),
  }
  return { $schema, title: `Tessera ${name}`, ...rest, ...(Object.keys(definitions).length > 0 && { definitions }) }
}

/** Keys at the top of a file that hold what anchors repeat. */
const holders = { '^x-': {} }

export const fileKinds = Object.keys(fileShapes) as FileKind[]

/** `step` is one of the kinds; each kind is its shape with `id` and `when`. */
function stepDefinitions(stepKinds: StepKinds): Schema {
  const definitions: Schema = {}
  for (const [key, kind] of stepKinds) {
    const { $schema, definitions: inner, ...schema } = convert(kind.shape)
    Object.assign(definitions, inner)
    const members = {
      id: { type: 'string', description: 'What reports and `steps.<id>` call it.' },
      when: { $ref: '#/definitions/condition' },
    }
    definitions[`step-${key}`] = {
      ...schema,
      description: kind.summary,
      properties: { ...members, ...(schema['properties'] as Schema) },
    }
  }
  definitions['condition'] = stripMeta(convert(condition))
  definitions['step'] = stepOf([...stepKinds.values()], definitions)
  return definitions
}

/**
 * A step is of the kind that its key says, and what is wrong is then told of that kind. Of a plain choice that fits nothing
 * editors tell what is wrong with any member. `errorMessage` is theirs.
 */
function stepOf(kinds: readonly StepKind[], definitions: Schema): Schema {
  const names = kinds.map(({ kind }) => kind)
  const keys = new Map(names.flatMap((name) => keysOf(definitions[`step-${name}`] as Schema)))
  for (const { kind, summary } of kinds) keys.set(kind, { description: summary })
  const errorMessage = `A step has one of ${names.join(', ')}.`
  // `compensate` is a kind, and a key of `invoke`, which then says the kind.
  const isOfKind = (name: string): Schema => {
    const others = names.filter(
      (other) => other !== name && keysOf(definitions[`step-${other}`] as Schema).some(([key]) => key === name),
    )
    return {
      required: [name],
      ...(others.length > 0 && { not: { anyOf: others.map((other) => ({ required: [other] })) } }),
    }
  }
  return {
    if: { type: 'string' },
    then: { const: 'empty', errorMessage },
    else: {
      type: 'object',
      errorMessage,
      anyOf: names.map((name) => ({ required: [name], errorMessage })),
      properties: Object.fromEntries(keys),
      allOf: names.map((name) => ({ if: isOfKind(name), then: { $ref: `#/definitions/step-${name}` } })),
    },
  }
}

/** The keys that a step of one kind may have; of what they hold its own schema tells. */
function keysOf({ properties }: Schema): [key: string, schema: Schema][] {
  return Object.keys(properties as Schema).map((key) => [key, {}])
}

function convert(shape: z.ZodType): Schema {
  return withoutTypesOfNames(
    z.toJSONSchema(shape, {
      target: 'draft-7',
      io: 'input',
      unrepresentable: 'any',
      override({ zodSchema, jsonSchema }) {
        if (zodSchema === steps) jsonSchema['items'] = { $ref: '#/definitions/step' }
        if (zodSchema === template) delete jsonSchema['type']
        // zod's name for a prefix is no format of JSON Schema; its pattern says the same.
        if (jsonSchema.format === 'starts_with') delete jsonSchema.format
        const { examples } = z.globalRegistry.get(zodSchema) ?? {}
        if (examples !== undefined) jsonSchema['examples'] = examples as unknown[]
        if (zodSchema instanceof z.ZodDefault) {
          const { innerType, defaultValue } = zodSchema._zod.def
          jsonSchema['default'] = writeValue(defaultValue, innerType)
        }
      },
    }),
  ) as Schema
}

/** A name is a text, of whatever type its key is in YAML: of `404:` editors would say that it is of the wrong one. */
function withoutTypesOfNames(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutTypesOfNames)
  if (typeof schema !== 'object' || schema === null) return schema
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => {
      if (key !== 'propertyNames') return [key, withoutTypesOfNames(value)]
      const { type: _, ...names } = value as Schema
      return [key, names]
    }),
  )
}

function stripMeta({ $schema: _, definitions: __, ...schema }: Schema): Schema {
  return schema
}
