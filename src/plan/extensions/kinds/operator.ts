import * as z from 'zod'
import { definitionOf, ExtensionFault, printThrown } from '../../../definition.ts'
import {
  builtInOperators,
  type Operator,
  type OperatorParser,
  type OperatorPart,
  type Template,
} from '../../../expressions/template.ts'
import { attempt, type Origin, refusePromise } from '../origin.ts'
import { spendOnResult } from '../spend-on-result.ts'
import { type Defined, defineExtensionKind } from './kind.ts'
import { functionValue, summary } from './parts.ts'

/**
 * An operator of templates. What it gives hangs on nothing but what its templates give, and is JSON. All templates that
 * it parses are read; `parts` says only how, where it is not simply so.
 */
export type OperatorDefinition<Config = unknown> = Pick<
  Operator<Config>,
  'name' | 'optionalKeys' | 'summary' | 'example' | 'parse' | 'compile'
> &
  Partial<Pick<Operator<Config>, 'keys' | 'parts' | 'schema'>>

/** Defines an operator of templates: `{ $name: … }`. */
export function defineOperator<Config>(definition: OperatorDefinition<Config>): Defined<OperatorDefinition<Config>> {
  return { ...definition, [definitionOf]: 'operator' }
}

const operatorKey = z
  .string()
  .regex(/^\$[a-z][A-Za-z0-9]*$/, 'an operator is named by $, a small letter, letters and digits')
const keysOf = ({ keys = [], optionalKeys = [] }: Pick<OperatorDefinition, 'keys' | 'optionalKeys'>) => [
  ...keys,
  ...optionalKeys,
]

export const operatorExtension = defineExtensionKind<OperatorDefinition>({
  kind: 'operator',
  word: 'operator',
  form: z.looseObject({
    name: operatorKey,
    keys: z.array(operatorKey).optional(),
    optionalKeys: z.array(operatorKey).optional(),
    summary,
    example: z.string(),
    parse: functionValue,
    parts: functionValue.optional(),
    compile: functionValue,
    schema: functionValue.optional(),
  }) as unknown as z.ZodType<OperatorDefinition>,
  nameOf: ({ name }) => name,
  taken: new Set(builtInOperators.keys()),
  // By its first key an operator is known.
  clash(definition, { operators }) {
    const keys = keysOf(definition)
    return [...operators.values()].find((one) => keys.includes(one.name) || keysOf(one).includes(definition.name))?.name
  },
  add(definition, origin, draft) {
    draft.operators.set(definition.name, guardOperator(definition, origin) as Operator)
  },
})

/** What an operator parsed, and every template in it: what it reads is not for it to tell. */
interface Parsed {
  readonly config: unknown
  readonly templates: readonly Template[]
}

function guardOperator(definition: OperatorDefinition, origin: Origin): Operator<Parsed> {
  const { name, keys = [], optionalKeys = [], summary, example } = definition
  return {
    name,
    keys,
    optionalKeys,
    summary,
    example,
    parse(fields, parser) {
      const templates: Template[] = []
      const recording: OperatorParser = {
        template(value, ...path) {
          const template = parser.template(value, ...path)
          templates.push(template)
          return template
        },
        condition(value, ...path) {
          const condition = parser.condition(value, ...path)
          if (condition) templates.push(condition)
          return condition
        },
        fault: (...fault) => parser.fault(...fault),
        owner: parser.owner,
      }
      try {
        const config = definition.parse(fields, recording)
        definition.parts?.(config)
        return config === undefined ? undefined : { config, templates }
      } catch (thrown) {
        parser.fault('invalid-extension', `${origin.label} failed: ${printThrown(thrown)}`, [name], mendIt)
        return undefined
      }
    },
    parts({ config, templates }): OperatorPart[] {
      const told = definition.parts?.(config) ?? []
      const rest = templates.filter((template) => !told.some((part) => part.template === template))
      return [...told, ...rest.map((template) => ({ template }))]
    },
    compile({ config }, compile) {
      const read = compiled(() => definition.compile(config, compile), origin)
      return (document) =>
        attempt(origin, () => {
          const value = refusePromise(read(document))
          if (!isJson(value)) throw new Error(`it gave ${typeof value}`)
          spendOnResult(value)
          return value
        })
    },
    schema({ config }, schemaOf) {
      try {
        return definition.schema?.(config, schemaOf)
      } catch {
        return undefined
      }
    },
  }
}

const mendIt = 'the extension has to be mended, or not be used'

function compiled<Run>(compile: () => Run, { label }: Origin): Run {
  let run: Run
  try {
    run = compile()
  } catch (thrown) {
    throw new ExtensionFault(`${label} failed: ${printThrown(thrown)}`)
  }
  if (typeof run !== 'function') throw new ExtensionFault(`${label} compiles to no function`)
  return run
}

/** As far as its outside tells. */
function isJson(value: unknown): boolean {
  if (typeof value === 'object') return !(value instanceof Promise)
  return ['undefined', 'string', 'number', 'boolean'].includes(typeof value)
}
