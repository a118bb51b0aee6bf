import { createRequire } from 'node:module'
import type { Ajv, Options, ValidateFunction } from 'ajv'
import type { Fault } from '../../diagnostics/collector.ts'
import { checkPattern } from '../pattern.ts'
import { describe } from './complaints.ts'
import { areUnique, checkExactly, compareExactly, hasExactNumbers } from './exact-numbers.ts'
import type { JsonSchema, Schema } from './json-schema.ts'

/** A value of more nodes than this is checked up to its first fault only: a hostile one could have a million. */
const maxNodesForAllFaults = 2000

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

/** Up to the first fault, all faults, or the first one of a value with numbers that JavaScript does not hold. */
type Use = 'first' | 'all' | 'exact'

/** Ajv's compilers, each opened when something needs it, for a draft and a use. */
export class AjvCompilers {
  readonly #opened = new Map<string, Ajv>()

  /** @throws Error of Ajv's when it is no schema; `faultOf` puts it in words */
  compile(schema: JsonSchema): Schema {
    const draft = draftOf(schema)
    const check = compileWith(this.#open(draft, 'first'), schema)
    let checkAll: ValidateFunction | undefined
    let checkNumbers: ValidateFunction | undefined
    return {
      validate: (value) => {
        try {
          if (hasExactNumbers(value)) {
            checkNumbers ??= compileWith(this.#open(draft, 'exact'), schema)
            return checkExactly(checkNumbers, value) ? [] : describe(checkNumbers.errors)
          }
          if (check(value)) return []
          if (!isSmall(value)) return describe(check.errors)
          checkAll ??= compileWith(this.#open(draft, 'all'), schema)
          checkAll(value)
          return describe(checkAll.errors)
        } catch {
          return ['is nested too deeply']
        }
      },
    }
  }

  #open(draft: Draft, use: Use): Ajv {
    const key = `${draft} ${use}`
    const ajv = this.#opened.get(key) ?? openAjv(draft, use)
    this.#opened.set(key, ajv)
    return ajv
  }
}

const require = createRequire(import.meta.url)

function openAjv(draft: Draft, use: Use): Ajv {
  const options = { ...shared, allErrors: use === 'all', strictNumbers: use === 'exact' }
  const { Ajv } = require('ajv') as typeof import('ajv')
  const { Ajv2020 } = require('ajv/dist/2020.js') as typeof import('ajv/dist/2020.js')
  const ajv = draft === 7 ? new Ajv(options) : new Ajv2020(options)
  ajv.addVocabulary(['example', 'sensitivity'])
  ajv.removeKeyword('uniqueItems')
  ajv.addKeyword({
    keyword: 'uniqueItems',
    type: 'array',
    schemaType: 'boolean',
    validate: (wanted: boolean, items: unknown[]) => !wanted || areUnique(items),
    errors: true,
  })
  if (use === 'exact') compareExactly(ajv)
  return ajv
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

/** Why something is no schema. */
export function faultOf(error: Error): Fault {
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
