import * as z from 'zod'

/** Parts of the forms of definitions. */
export const summary = z.string().min(1)
export const functionValue = z.custom<(...values: never[]) => unknown>((value) => typeof value === 'function', {
  message: 'it is a function',
})
/** A shape of zod, of whichever copy. */
export const zodType = z.custom<z.ZodType>((value) => value instanceof z.core.$ZodType, {
  message: 'it is a shape, made with `z` of tessera',
})
export const kebabName = z.string().regex(/^[a-z][a-z0-9-]*$/, 'a name is small letters, digits and -')
