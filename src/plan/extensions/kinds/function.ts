import * as z from 'zod'
import { definitionOf } from '../../../definition.ts'
import { type CelFunction, type CelType, celFunctions, celMacroNames } from '../../../expressions/expression.ts'
import { spend } from '../../../expressions/work.ts'
import { attempt, refusePromise } from '../origin.ts'
import { spendOnResult } from '../spend-on-result.ts'
import { type Defined, defineExtensionKind } from './kind.ts'
import { functionValue, summary } from './parts.ts'

const celTypes = ['bool', 'string', 'int', 'double', 'null', 'list', 'map', 'dyn'] as const

export interface FunctionDefinition {
  readonly name: string
  /** `method`: called as `a.f(b)`, and `a` is its first argument. `function` by default. */
  readonly form?: 'function' | 'method'
  /** The type of each argument; `dyn` is anything. */
  readonly takes: readonly (typeof celTypes)[number][]
  readonly gives: (typeof celTypes)[number]
  readonly summary: string
  readonly example: string
  /** Gives the same for the same arguments, and leaves them as they are. */
  // biome-ignore lint/suspicious/noExplicitAny: `takes` says what they are
  call(...values: any[]): unknown
}

/** Defines a function of CEL. */
export function defineFunction(definition: FunctionDefinition): Defined<FunctionDefinition> {
  return { ...definition, [definitionOf]: 'function' }
}

export const functionExtension = defineExtensionKind<FunctionDefinition>({
  kind: 'function',
  word: 'function',
  form: z.looseObject({
    name: z.string().regex(/^[a-z][A-Za-z0-9_]*$/, 'a function is named by letters, digits and _'),
    form: z.enum(['function', 'method']).optional(),
    takes: z.array(z.enum(celTypes)),
    gives: z.enum(celTypes),
    summary,
    example: z.string(),
    call: functionValue,
  }) as unknown as z.ZodType<FunctionDefinition>,
  nameOf: ({ name }) => name,
  // Of one name there may be several, by what they take.
  namesOf: ({ name, form = 'function', takes }) => [`${form} ${name}/${takes.length}`],
  taken: new Set([...celFunctions.map(({ name }) => name), ...celMacroNames]),
  add(definition, origin, draft) {
    const { name, form = 'function', takes, gives } = definition
    const call: CelFunction['call'] = (...values) =>
      attempt(origin, () => {
        spend(1)
        const value = refusePromise(definition.call(...values))
        if (!isOf(gives, value)) throw new Error(`it gave ${typeof value}, not ${gives}`)
        spendOnResult(value)
        return value
      })
    draft.functions.push({ name, form, takes: takes.map(kindsOf), gives: { kind: gives }, call })
  },
})

/** As functions have it: a double stands for every number. */
function kindsOf(type: CelType): readonly CelType[] {
  return type === 'dyn' ? [] : [type === 'int' ? 'double' : type]
}

function isOf(type: CelType, value: unknown): boolean {
  switch (type) {
    case 'null':
      return value === null
    case 'bool':
      return typeof value === 'boolean'
    case 'string':
      return typeof value === 'string'
    case 'int':
      return Number.isInteger(value)
    case 'double':
      return Number.isFinite(value)
    case 'list':
      return Array.isArray(value)
    case 'map':
      return isPlainObject(value)
    default:
      return value === null || ['bool', 'string', 'double', 'list', 'map'].some((one) => isOf(one as CelType, value))
  }
}

function isPlainObject(value: unknown): boolean {
  const prototype = typeof value === 'object' && value !== null ? Object.getPrototypeOf(value) : undefined
  return prototype === Object.prototype || prototype === null
}
