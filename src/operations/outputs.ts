import { suspectValue } from '../binding/too-much-work.ts'
import type { CallResponse } from '../calls/call.ts'
import { holdsTexts } from '../calls/decode.ts'
import type { CallSite } from '../calls/policy.ts'
import { compileColorWriter } from '../expressions/color.ts'
import type { Document } from '../expressions/document.ts'
import { compilePath, type Path } from '../expressions/path.ts'
import { compileCoercion, compileConversion, type JsonSchema } from '../expressions/schema.ts'
import { enter, workOf } from '../expressions/work.ts'
import type { Slices } from '../json/body.ts'
import { makeLazy } from '../json/lazy.ts'
import type { BoundOperation } from './bound-operation.ts'
import type { Locator } from './locator.ts'

type Apply = (document: Document, response: CallResponse) => void
type Read = (response: CallResponse) => unknown

/** Among the slices of a body, and whether that slice is the value and not what it is found in. */
interface Place {
  readonly index: number
  readonly isWhole: boolean
}

/** What all calls of an operation share. */
const appliesOf = new WeakMap<BoundOperation, Apply>()
const usabilityOf = new WeakMap<BoundOperation, CallSite['isUsable']>()

/** Compiles how a response's values are written to their colors; what is not there stays absent. */
export function compileOutputs(operation: BoundOperation): Apply {
  const apply = appliesOf.get(operation) ?? compileApply(operation)
  appliesOf.set(operation, apply)
  return apply
}

function compileApply(operation: BoundOperation): Apply {
  // The first slice is the whole body.
  let inBody = 1
  const outputs = operation.outputs.map(({ color, locator, schema }) => ({
    read: compileResponseReader(locator, schema, operation.decoding),
    write: compileColorWriter(color),
    slice: locator.in === 'body' ? { index: inBody++, isWhole: locator.path.singular } : undefined,
  }))
  const apply: Apply = (document, response) => {
    const slices = response.body?.slices
    for (const { read, write, slice } of outputs) {
      const value = slices && slice ? valueAt(slices, slice, read, response) : read(response)
      if (value !== undefined) write(document, value)
    }
  }
  // Looking at one place of a body is no work.
  if (operation.outputs.every(({ locator }) => locator.in !== 'body' || locator.path.singular)) return apply
  return (document, response) => {
    enter(document[workOf])
    try {
      apply(document, response)
    } catch (thrown) {
      throw suspectValue(thrown, 'step', response.body?.value)
    }
  }
}

/** What a body that stays bytes gives: what a query finds in it is a list, made if anybody asks. */
function valueAt(slices: Slices, { index, isWhole }: Place, query: Read, response: CallResponse) {
  return isWhole ? slices[index]?.value : makeLazy(true, { parse: () => query(response) })
}

/**
 * Whether a body holds any of what the operation gives. `200 {}` is JSON and a success, and still no answer: where a
 * fallback or `optional` provides for a failure, it is one.
 */
export function compileUsability(operation: BoundOperation): CallSite['isUsable'] {
  const isUsable = usabilityOf.get(operation) ?? compileIsUsable(operation)
  usabilityOf.set(operation, isUsable)
  return isUsable
}

function compileIsUsable(operation: BoundOperation): CallSite['isUsable'] {
  const places = operation.outputs.flatMap(({ locator }) => (locator.in === 'body' ? [holderOf(locator.path)] : []))
  if (places.length === 0) return () => true
  return (body, status) => {
    if (!body) return hasItsBody(body, status)
    const { slices } = body
    return slices
      ? slices.some((slice, index) => index > 0 && index <= places.length && slice !== undefined)
      : places.some((place) => place.evaluate(body.value) !== undefined)
  }
}

/** Whether an answer has the body that its status says is there: no content at all (204) is an answer too. */
export const hasItsBody: CallSite['isUsable'] = (body, status) => body !== undefined || status !== 200

/** What must be there for a path to speak of something: of `$.items[*].id`, which an empty list answers too, `$.items`. */
function holderOf(path: Path): Path {
  if (path.singular) return path
  const prefix = path.prefix.map((segment) => `[${JSON.stringify(segment)}]`).join('')
  return compilePath(`$${prefix}`) as Path
}

function compileResponseReader(
  locator: Locator,
  schema: JsonSchema | undefined,
  decoding: BoundOperation['decoding'],
): Read {
  switch (locator.in) {
    case 'status':
      return (response) => response.status
    case 'header': {
      const coerce = compileCoercion(schema)
      return (response) => {
        const value = response.headers[locator.name]
        // A header is text: its color says of what.
        return value === undefined ? undefined : coerce(value)
      }
    }
    case 'body': {
      if (!decoding) return (response) => locator.path.evaluate(response.body?.value)
      const convert = compileConversion(schema)
      return ({ body, headers }) => {
        const value = locator.path.evaluate(body?.value)
        // What stands in for a body has its types already.
        return value !== undefined && body?.received && holdsTexts(decoding, headers) ? convert(value) : value
      }
    }
    default:
      throw new Error(`a response has no ${locator.in}`)
  }
}
