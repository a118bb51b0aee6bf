import { Decimal } from '../numbers.ts'
import { Opaque } from '../opaque.ts'

/** Whether it is an object or a list: a number that is kept as it was written is none, nor is a file. */
export function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(value instanceof Decimal) && !(value instanceof Opaque)
}

/** Whether it is an object of JSON. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return isContainer(value) && !Array.isArray(value)
}
