import { Ajv, type ErrorObject, type Options, type ValidateFunction } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { Fault } from '../../diagnostics/collector.ts'
import { checkPattern } from '../pattern.ts'
import type { JsonSchema } from './json-schema.ts'

/** A schema compiled to a check. */
export interface Schema {
  /** What is wrong with a value, one sentence a fault; empty when it is valid. Never quotes the value itself. */
  validate(value: unknown): string[]
}

/** A value of more nodes than this is checked up to its first fault only: a hostile one could have a million. */
const maxNodesForAllFaults = 2000
const maxFaults = 20

class UnsafePattern extends Error {}

const compilePattern = Object.assign(
  (source: string, flags: string) => {
    const fault = checkPattern(source, 'search')
    if (fault?.kind === 'unsafe') throw new UnsafePattern(fault.reason)
    return new RegExp(source, flags)
  },
  { code: 'compilePattern' },
)

const shared: Options = {
  strict: false,
  strictSchema: true,
  validateFormats: false,
  logger: false,
  ownProperties: true,
  code: { regExp: compilePattern },
}
type Draft = 7 | 2020
type Compiled = Schema | Fault

/** Two compilers a draft: one stops at the first fault, one finds them all. */
class Compilers {
  readonly #drafts = {
    7: { first: new Ajv(shared), all: new Ajv({ ...shared, allErrors: true }) },
    2020: { first: new Ajv2020(shared), all: new Ajv2020({ ...shared, allErrors: true }) },
  }
  /** By their text: a reload brings nearly all of them again, and compiling them is most of its work. */
  readonly compiled = new Map<string, Compiled>()

  constructor() {
    for (const { first, all } of Object.values(this.#drafts)) {
      for (const ajv of [first, all]) {
        ajv.addVocabulary(['example', 'sensitivity'])
        ajv.removeKeyword('uniqueItems')
        ajv.addKeyword({
          keyword: 'uniqueItems',
          type: 'array',
          schemaType: 'boolean',
          validate: hasUniqueItems,
          errors: true,
        })
      }
    }
  }

  compile(schema: JsonSchema): Compiled {
    const { first, all } = this.#drafts[draftOf(schema)]
    let check: ValidateFunction
    let checkAll: ValidateFunction | undefined
    try {
      check = compileWith(first, schema)
    } catch (error) {
      return faultOf(error as Error)
    }
    return {
      validate(value) {
        try {
          if (check(value)) return []
          if (!isSmall(value)) return describe(check.errors)
          checkAll ??= compileWith(all, schema)
          checkAll(value)
          return describe(checkAll.errors)
        } catch {
          return ['is nested too deeply']
        }
      },
    }
  }
}

/** Ajv keeps something of every schema it ever saw, removed or not: after so many, new compilers take over. */
const maxCompiled = 2000
let compilers = new Compilers()

/** Compiles a schema: by draft-07 when its `$schema` says so, else by 2020-12. Formats are notes, not checked. */
export function compileSchema(schema: JsonSchema): Schema | Fault {
  if (compilers.compiled.size >= maxCompiled) compilers = new Compilers()
  const text = JSON.stringify(schema)
  let compiled = compilers.compiled.get(text)
  if (!compiled) {
    compiled = compilers.compile(schema)
    compilers.compiled.set(text, compiled)
  }
  return compiled
}

function draftOf(schema: JsonSchema): Draft {
  return String(schema['$schema']).includes('draft-07') ? 7 : 2020
}

function compileWith(ajv: Ajv, schema: JsonSchema): ValidateFunction {
  try {
    return ajv.compile(schema)
  } finally {
    // Else a second schema of the same `$id` would be refused.
    ajv.removeSchema(schema)
  }
}

function faultOf(error: Error): Fault {
  const unsafe = error instanceof UnsafePattern
  const message = /\btype must be equal/.test(error.message)
    ? 'a type is string, number, integer, boolean, array, object or null'
    : error.message.replace(/^strict mode: /, '').replace(/^schema is invalid: data\/?/, '')
  return {
    code: unsafe ? 'unsafe-pattern' : 'invalid-type',
    message: unsafe ? `a pattern of the type may not run in linear time: ${message}` : `not a JSON Schema: ${message}`,
    offset: 0,
    length: 1,
  }
}

function describe(errors: readonly ErrorObject[] | null | undefined): string[] {
  const found = new Set<string>()
  for (const error of errors ?? []) {
    if (found.size === maxFaults) break
    const where = error.instancePath
      .slice(1)
      .split('/')
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
      .reduce((path, part) => (/^\d+$/.test(part) ? `${path}[${part}]` : path ? `${path}.${part}` : part), '')
    found.add(where ? `${where} ${complaint(error)}` : complaint(error))
  }
  return [...found]
}

function complaint({ keyword, message, params }: ErrorObject): string {
  if (keyword === 'enum')
    return `must be one of ${params['allowedValues'].map((value: unknown) => JSON.stringify(value)).join(', ')}`
  if (keyword === 'const') return `must be ${JSON.stringify(params['allowedValue'])}`
  if (keyword === 'required') return `lacks \`${params['missingProperty']}\``
  if (keyword === 'additionalProperties') return 'has a property that is not allowed'
  if (keyword === 'uniqueItems') return 'must not have the same item twice'
  return (message ?? 'is not valid').replace(/^must NOT/, 'must not')
}

function isSmall(value: unknown): boolean {
  let nodes = 0
  const queue = [value]
  for (const one of queue) {
    if (++nodes > maxNodesForAllFaults) return false
    if (typeof one !== 'object' || one === null) continue
    for (const child of Object.values(one)) if (queue.push(child) > maxNodesForAllFaults) return false
  }
  return true
}

/** Ajv's own compares every two objects; this one hashes. */
function hasUniqueItems(wanted: boolean, items: unknown[]): boolean {
  return !wanted || new Set(items.map(canonical)).size === items.length
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
