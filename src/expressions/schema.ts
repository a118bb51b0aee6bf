/** JSON Schemas of colors: checking values against them, turning text into them, comparing two of them. */
export { compileCoercion, compileConversion } from './schema/coerce.ts'
export { fits } from './schema/fits.ts'
export { type JsonSchema, type JsonType, type Schema, schemaAt, typeOf, typesOf } from './schema/json-schema.ts'
export { compileSchema } from './schema/validate.ts'
export { fillSchema, fillValue } from './schema/variables.ts'
