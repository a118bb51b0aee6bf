import { mkdirSync, writeFileSync } from 'node:fs'
import { fileKinds, jsonSchemaOf } from '../src/reference/json-schema.ts'

// Writes what is generated from the definitions of the language: the editor's JSON Schemas.
const folder = new URL('../schemas/', import.meta.url)
mkdirSync(folder, { recursive: true })
for (const kind of fileKinds) {
  writeFileSync(new URL(`${kind}.schema.json`, folder), `${JSON.stringify(jsonSchemaOf(kind), null, 2)}\n`)
}
